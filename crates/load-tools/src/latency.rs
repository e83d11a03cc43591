//! Response times and their percentiles.

use std::time::Duration;

/// Measured times, in the order of measurement.
#[derive(Debug, Clone, Default)]
pub struct Latencies(Vec<Duration>);

/// Percentiles in milliseconds; NaN where nothing was measured.
#[derive(Debug, Clone, Copy)]
pub struct Percentiles {
    /// The median.
    pub p50: f64,
    /// 99 of 100 times are at most this.
    pub p99: f64,
    /// The longest time.
    pub max: f64,
}

impl Latencies {
    /// Adds one measured time.
    pub fn record(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Adds all times of another measurement.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// How many times were measured.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The measured times.
    #[must_use]
    pub fn times(&self) -> &[Duration] {
        &self.0
    }

    /// Median, 99th percentile and maximum.
    #[must_use]
    pub fn percentiles(&self) -> Percentiles {
        let mut times = self.0.clone();
        times.sort_unstable();
        let at = |percent: usize| {
            let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
            times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
        };
        Percentiles { p50: at(50), p99: at(99), max: at(100) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_taken_from_sorted_times() {
        let mut latencies = Latencies::default();
        assert!(latencies.percentiles().p50.is_nan());
        for ms in (1..=200).rev() {
            latencies.record(Duration::from_millis(ms));
        }
        let Percentiles { p50, p99, max } = latencies.percentiles();
        assert_eq!(format!("{p50:.0} {p99:.0} {max:.0}"), "101 199 200");
    }
}
