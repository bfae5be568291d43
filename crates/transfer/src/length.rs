//! Lengths as other apps write them. A length that is no length of a sit is a refusal that says so.

use crate::judge::{Refusal, RefusalCode};

/// The longest that a sit may be: one day.
const DAY_S: i64 = 86_400;

/// Whole seconds of a sit: 1 to 86,400.
pub(crate) fn checked(seconds: i64) -> Result<u32, Refusal> {
    match seconds {
        ..0 => Err(RefusalCode::Negative.into()),
        0 => Err(RefusalCode::Zero.into()),
        1..=DAY_S => u32::try_from(seconds).map_err(|_| RefusalCode::LongerThanADay.into()),
        _ => Err(RefusalCode::LongerThanADay.into()),
    }
}

/// `H:M:S`, unpadded or not; `M:S` where there are two numbers, `H:M` with `two_are_hours`.
pub(crate) fn clock(text: &str, two_are_hours: bool) -> Result<u32, Refusal> {
    let text = text.trim();
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let not = || Refusal::not_a_length(text);
    let mut parts = Vec::new();
    for part in digits.split(':') {
        parts.push(number(part).ok_or_else(not)?);
    }
    let (h, m, s) = match parts[..] {
        [h, m, s] => (h, m, s),
        [h, m] if two_are_hours => (h, m, 0),
        [m, s] => (0, m, s),
        _ => return Err(not()),
    };
    let seconds = h * 3600 + m * 60 + s;
    checked(if is_negative { -seconds } else { seconds })
}

/// Whole seconds; a fraction is cut off.
pub(crate) fn seconds(text: &str) -> Result<u32, Refusal> {
    whole(text, 1)
}

/// Minutes, also with a fraction.
pub(crate) fn minutes(text: &str) -> Result<u32, Refusal> {
    whole(text, 60)
}

fn whole(text: &str, unit_s: i64) -> Result<u32, Refusal> {
    let text = text.trim();
    let not = || Refusal::not_a_length(text);
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (before, fraction) = match digits.split_once(['.', ',']) {
        Some(parts) => parts,
        None => (digits, ""),
    };
    let whole = number(before).ok_or_else(not)?;
    let places = fraction.get(..fraction.len().min(6)).ok_or_else(not)?;
    let part = if fraction.is_empty() {
        0
    } else if fraction.bytes().all(|b| b.is_ascii_digit()) {
        let scale = 10_i64.pow(u32::try_from(places.len()).map_err(|_| not())?);
        number(places).ok_or_else(not)? * unit_s / scale
    } else {
        return Err(not());
    };
    let seconds = whole * unit_s + part;
    checked(if is_negative { -seconds } else { seconds })
}

/// A number of at most nine digits, so that no sum of them overflows.
fn number(text: &str) -> Option<i64> {
    let is_number = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0:45:0", Ok(2700))]
    #[case("00:20:00", Ok(1200))]
    #[case("20:30", Ok(1230))]
    #[case("24:0:0", Ok(86_400))]
    #[case("24:0:1", Err(RefusalCode::LongerThanADay.into()))]
    #[case("0:0:0", Err(RefusalCode::Zero.into()))]
    #[case("-0:5:0", Err(RefusalCode::Negative.into()))]
    #[case("20", Err(Refusal::not_a_length("20")))]
    #[case("a:b:c", Err(Refusal::not_a_length("a:b:c")))]
    #[case("1:2:3:4", Err(Refusal::not_a_length("1:2:3:4")))]
    #[case("", Err(Refusal::not_a_length("")))]
    #[case("99999999999:0:0", Err(Refusal::not_a_length("99999999999:0:0")))]
    fn hours_minutes_seconds(#[case] text: &str, #[case] expected: Result<u32, Refusal>) {
        assert_eq!(clock(text, false), expected);
    }

    #[rstest]
    #[case("01:30", Ok(5400))]
    #[case("00:00", Err(RefusalCode::Zero.into()))]
    fn two_numbers_may_be_hours_and_minutes(
        #[case] text: &str,
        #[case] expected: Result<u32, Refusal>,
    ) {
        assert_eq!(clock(text, true), expected);
    }

    #[rstest]
    #[case("20", Ok(1200))]
    #[case("20.5", Ok(1230))]
    #[case("0,25", Ok(15))]
    #[case("0", Err(RefusalCode::Zero.into()))]
    #[case("-3", Err(RefusalCode::Negative.into()))]
    #[case("1e9", Err(Refusal::not_a_length("1e9")))]
    #[case("1.5é", Err(Refusal::not_a_length("1.5é")))]
    #[case("1.é", Err(Refusal::not_a_length("1.é")))]
    fn minutes_may_have_a_fraction(#[case] text: &str, #[case] expected: Result<u32, Refusal>) {
        assert_eq!(minutes(text), expected);
    }
}
