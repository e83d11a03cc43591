//! The Mann-Whitney U test: whether one group of times tends to be longer than another.

use std::time::Duration;

/// The result of a test of two groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannWhitney {
    /// U/(n·m): the share of pairs in which the time of the first group is the longer one. 0.5 means no difference.
    pub share: f64,
    /// The deviation of U from its mean, in standard deviations.
    pub z: f64,
    /// The two-sided probability of a deviation of at least this size by chance, by the normal approximation.
    pub p: f64,
}

/// Compares two groups of times.
///
/// A tie counts half; the standard deviation is not corrected for ties, since times in nanoseconds hardly tie.
#[must_use]
pub fn compare(first: &[Duration], second: &[Duration]) -> MannWhitney {
    let count = |times: &[Duration]| f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX));
    let (n, m) = (count(first), count(second));
    let longer = |a: &Duration| second.iter().map(|b| if a > b { 1.0 } else { 0.5 * f64::from(a == b) }).sum::<f64>();
    let u: f64 = first.iter().map(longer).sum();
    let z = (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt();
    MannWhitney { share: u / (n * m), z, p: (2.0 * upper_tail(z.abs())).min(1.0) }
}

/// The standard normal distribution above `z` ≥ 0: Abramowitz and Stegun 26.2.17, with an error below 7.5e-8.
fn upper_tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let factors = [1.330_274_429, -1.821_255_978, 1.781_477_937, -0.356_563_782, 0.319_381_530];
    let sum = factors.iter().fold(0.0, |sum, factor| (sum + factor) * t);
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(ms: &[u64]) -> Vec<Duration> {
        ms.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn separate_groups_differ() {
        // By hand: in all 25 pairs the first is longer; z = 12.5 / sqrt(25 * 11 / 12) = 2.611, whose p is 0.00902.
        let MannWhitney { share, z, p } = compare(&times(&[6, 7, 8, 9, 10]), &times(&[1, 2, 3, 4, 5]));
        assert!((share - 1.0).abs() < 1e-9 && (z - 2.611).abs() < 1e-3 && (p - 0.009_02).abs() < 1e-4);
    }

    #[test]
    fn equal_groups_do_not_differ() {
        let MannWhitney { share, z, p } = compare(&times(&[1, 2, 3]), &times(&[1, 2, 3]));
        assert!((share - 0.5).abs() < 1e-9 && z.abs() < 1e-9 && (p - 1.0).abs() < 1e-6);
    }
}
