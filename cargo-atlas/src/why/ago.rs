//! How long ago something was, in words. Knows no clock.

use std::time::{Duration, SystemTime};

/// Returns how long before `today` the moment was, given in milliseconds since 1970.
pub(super) fn ago(moment: u64, today: SystemTime) -> String {
    let moment = SystemTime::UNIX_EPOCH + Duration::from_millis(moment);
    let seconds = today.duration_since(moment).map_or(0, |passed| passed.as_secs());
    let (count, unit) = match seconds {
        0..10 => return "just now".to_owned(),
        10..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::now(0, "just now")]
    #[case::seconds(59, "59 seconds ago")]
    #[case::minute(60, "1 minute ago")]
    #[case::minutes(3_599, "59 minutes ago")]
    #[case::hours(7_200, "2 hours ago")]
    #[case::days(1_000_000, "11 days ago")]
    fn largest_unit_is_told(#[case] seconds: u64, #[case] expected: &str) {
        let today = SystemTime::UNIX_EPOCH + Duration::from_secs(5_000_000 + seconds);
        assert_eq!(ago(5_000_000_000, today), expected);
    }

    #[test]
    fn clock_that_was_set_back_does_no_harm() {
        assert_eq!(ago(5_000, SystemTime::UNIX_EPOCH), "just now");
    }
}
