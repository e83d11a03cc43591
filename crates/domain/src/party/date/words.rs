//! A date and a time in words, as pages show them. The text is that of jiff's `strftime`, which took 5 % of the instructions of a
//! page of 50 parties.

use std::fmt;

use jiff::civil::{Date, Time};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The day of the week: "Saturday".
pub(super) fn weekday(date: Date) -> &'static str {
    WEEKDAYS[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs()) % WEEKDAYS.len()]
}

/// The name of the month: "March".
fn month(date: Date) -> &'static str {
    MONTHS[usize::from(date.month().unsigned_abs() - 1) % MONTHS.len()]
}

/// The digits of a number under 100.
fn digits(number: i8) -> [u8; 2] {
    let number = number.unsigned_abs();
    [b'0' + number / 10 % 10, b'0' + number % 10]
}

/// Displays a day of a year: "Saturday 14 March".
pub(super) struct DayAndMonth(pub(super) Date);

impl fmt::Display for DayAndMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = digits(self.0.day());
        f.write_str(weekday(self.0))?;
        f.write_str(" ")?;
        write_ascii(f, if day[0] == b'0' { &day[1..] } else { &day })?;
        f.write_str(" ")?;
        f.write_str(month(self.0))
    }
}

/// Displays a time: "19:00".
pub(super) struct HourAndMinute(pub(super) Time);

impl fmt::Display for HourAndMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([hour, hours], [minute, minutes]) = (digits(self.0.hour()), digits(self.0.minute()));
        write_ascii(f, &[hour, hours, b':', minute, minutes])
    }
}

/// Writes ASCII characters at once: each call to a formatter costs more than the characters.
fn write_ascii(f: &mut fmt::Formatter<'_>, characters: &[u8]) -> fmt::Result {
    f.write_str(std::str::from_utf8(characters).map_err(|_| fmt::Error)?)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn words_are_those_of_strftime() {
        let first = jiff::civil::date(2027, 12, 31).at(0, 59, 0, 0);
        for local in (0..400).map(|step| first + (step * 25 + 60).hours()) {
            let (day, time) = (DayAndMonth(local.date()), HourAndMinute(local.time()));
            assert_eq!(format!("{day}, {time}"), local.strftime("%A %-d %B, %H:%M").to_string());
            assert_eq!(weekday(local.date()), local.strftime("%A").to_string());
        }
    }
}
