//! Bytes as cargo writes them in its closing line, such as `1.2GiB`, and back.

/// Names of the units, each 1024 times the one before it.
const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
/// Factor from one unit to the next.
const STEP: f64 = 1024.0;

/// Writes a number of bytes.
#[expect(clippy::cast_precision_loss, reason = "one digit after the point is shown")]
pub(super) fn shown(bytes: u64) -> String {
    let mut size = bytes as f64;
    let mut units = UNITS.iter();
    let mut unit = units.next().unwrap_or(&"B");
    while size >= STEP
        && let Some(next) = units.next()
    {
        (size, unit) = (size / STEP, next);
    }
    if *unit == "B" { format!("{size}{unit}") } else { format!("{size:.1}{unit}") }
}

/// Reads what was written.
#[expect(clippy::cast_possible_truncation, reason = "as many digits are known as are shown")]
#[expect(clippy::cast_sign_loss, reason = "there is no sign in front")]
pub(super) fn read(text: &str) -> Option<u64> {
    let place = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(place);
    let power = UNITS.iter().position(|known| *known == unit)?;
    let size: f64 = number.parse().ok().filter(|size: &f64| *size >= 0.0)?;
    Some((size * STEP.powi(i32::try_from(power).ok()?)) as u64)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "0B")]
    #[case(1023, "1023B")]
    #[case(1024, "1.0KiB")]
    #[case(1_600_000, "1.5MiB")]
    #[case(5 << 40, "5.0TiB")]
    fn bytes_are_written_as_cargo_does(#[case] bytes: u64, #[case] expected: &str) {
        assert_eq!(shown(bytes), expected);
        let again = read(expected).unwrap();
        assert!(again.abs_diff(bytes) * 20 <= bytes, "{again}");
    }

    #[test]
    fn anything_else_is_not_read() {
        assert_eq!([read("1.2"), read("GiB"), read("1.2GB"), read("-1B")], [None; 4]);
    }
}
