//! Sizes and spans of time as people write them. Knows no key.

use std::time::Duration;

use bytesize::ByteSize;

/// Reads a size such as `10GiB` or `4096`.
pub(crate) fn size(text: &str) -> Option<u64> {
    text.parse::<ByteSize>().ok().map(|size| size.as_u64())
}

/// Reads a span of time such as `30d`.
pub(crate) fn age(text: &str) -> Option<Duration> {
    humantime::parse_duration(text).ok()
}

/// Shows a size, such as `1.5 GiB`.
pub(crate) fn shown_size(size: u64) -> String {
    ByteSize::b(size).display().iec().to_string()
}

/// Shows a span of time, such as `30days`.
pub(crate) fn shown_age(age: Duration) -> String {
    humantime::format_duration(age).to_string()
}
