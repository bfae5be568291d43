//! From the command line to the choices of a sit.

use mitta_domain::length::{LengthError, LengthOutOfRange, parse_times};
use mitta_domain::{IntervalBells, PlanChoice, PlannedLength, Seconds};
use mitta_runtime::api::{ApiError, ErrorCode};

use crate::args::SitArgs;
use crate::words;

/// The choices of the preset or the last sit, with those of the command line in their place.
pub fn choice(args: &SitArgs, last: PlanChoice) -> Result<PlanChoice, ApiError> {
    let mut choice = last;
    if !args.length.is_empty() {
        choice.planned_s = length(&args.length.join(" "))?;
    }
    if let Some(text) = &args.preparation {
        choice.preparation_s = preparation(text)?;
    }
    if let Some(text) = &args.intervals {
        choice.intervals = intervals(text)?;
    }
    if let Some(label) = &args.label {
        choice.label = Some(label.clone()).filter(|label| !label.trim().is_empty());
    }
    Ok(choice)
}

fn length(text: &str) -> Result<Option<PlannedLength>, ApiError> {
    if text.eq_ignore_ascii_case("open") {
        return Ok(None);
    }
    Ok(Some(PlannedLength::parse(text)?))
}

fn preparation(text: &str) -> Result<Seconds, ApiError> {
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(Seconds(0));
    }
    match PlannedLength::parse(text) {
        Ok(length) => Ok(length.seconds()),
        // `0 min` and `0:00` are no length of a sit, and a preparation as good as `0`.
        Err(LengthError::OutOfRange(LengthOutOfRange(0))) => Ok(Seconds(0)),
        Err(_) => Err(ApiError::said(
            ErrorCode::InvalidPreparation,
            words::not_preparation(text),
        )),
    }
}

fn intervals(text: &str) -> Result<IntervalBells, ApiError> {
    let refused = |error: LengthError| ApiError::new(ErrorCode::InvalidIntervals, error);
    let time =
        |text: &str| Ok::<_, ApiError>(PlannedLength::parse(text).map_err(refused)?.seconds());
    let lower = text.trim().to_lowercase();
    let after = |word: &str| {
        let rest = lower.strip_prefix(word)?;
        rest.starts_with([' ', ':', '='])
            .then(|| rest[1..].trim().to_owned())
    };
    if matches!(lower.as_str(), "none" | "0") {
        Ok(IntervalBells::None)
    } else if let Some(times) = after("at") {
        let at_s = parse_times(&times).map_err(refused)?;
        Ok(IntervalBells::At { at_s })
    } else if let Some(bounds) = after("random") {
        let (min, max) = bounds.split_once(['-', '–']).ok_or_else(|| {
            ApiError::said(ErrorCode::InvalidIntervals, words::not_intervals(text))
        })?;
        let (min_s, max_s) = (time(min)?, time(max)?);
        Ok(IntervalBells::Random { min_s, max_s })
    } else {
        let every = PlannedLength::parse(&lower)
            .map_err(|_| ApiError::said(ErrorCode::InvalidIntervals, words::not_intervals(text)))?;
        let every_s = every.seconds();
        Ok(IntervalBells::Every { every_s })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(times: &[u32]) -> IntervalBells {
        let at_s = times.iter().copied().map(Seconds).collect();
        IntervalBells::At { at_s }
    }

    #[rstest]
    #[case("none", IntervalBells::None)]
    #[case("0", IntervalBells::None)]
    #[case("5", IntervalBells::Every { every_s: Seconds(300) })]
    #[case("90s", IntervalBells::Every { every_s: Seconds(90) })]
    #[case("at 25,30", at(&[1500, 1800]))]
    #[case("At:25, 30", at(&[1500, 1800]))]
    #[case("random 3-8", IntervalBells::Random { min_s: Seconds(180), max_s: Seconds(480) })]
    #[case("random 30s – 2 min", IntervalBells::Random { min_s: Seconds(30), max_s: Seconds(120) })]
    fn interval_bells_are_read_as_written(#[case] text: &str, #[case] meant: IntervalBells) {
        assert_eq!(intervals(text), Ok(meant));
    }

    #[rstest]
    #[case("")]
    #[case("often")]
    #[case("at")]
    #[case("at noon")]
    #[case("attic 5")]
    #[case("random 3")]
    #[case("random 3-")]
    #[case("-5")]
    #[case("5,")]
    fn other_interval_bells_are_refused_with_their_code(#[case] text: &str) {
        let code = intervals(text).map_err(|error| error.code);
        assert_eq!(code, Err(ErrorCode::InvalidIntervals), "{text:?}");
    }

    #[rstest]
    #[case("0", Ok(0))]
    #[case("0s", Ok(0))]
    #[case("0 min", Ok(0))]
    #[case("0:00", Ok(0))]
    #[case("none", Ok(0))]
    #[case("10s", Ok(10))]
    #[case("1:30", Ok(90))]
    #[case("soon", Err(ErrorCode::InvalidPreparation))]
    #[case("25h", Err(ErrorCode::InvalidPreparation))]
    #[case("", Err(ErrorCode::InvalidPreparation))]
    fn preparation_may_be_none_at_all(#[case] text: &str, #[case] meant: Result<u32, ErrorCode>) {
        let read = preparation(text).map(|s| s.0).map_err(|error| error.code);
        assert_eq!(read, meant);
    }

    #[rstest]
    #[case("25h")]
    #[case("soon")]
    fn a_refused_preparation_is_named_with_its_range(#[case] text: &str) {
        let refused = preparation(text).expect_err("no preparation").message;
        assert!(
            refused.contains("preparation: it is 0 to 5 minutes"),
            "{refused}"
        );
    }

    #[test]
    fn what_is_not_given_is_as_in_the_last_sit() {
        let last = PlanChoice {
            label: Some("Zazen".to_owned()),
            intervals: at(&[60]),
            ..PlanChoice::default()
        };
        let none = SitArgs::default();
        assert_eq!(choice(&none, last.clone()), Ok(last.clone()));

        let args = SitArgs {
            length: vec!["1h".to_owned(), "30m".to_owned()],
            label: Some(String::new()),
            ..SitArgs::default()
        };
        let chosen = choice(&args, last.clone()).expect("a length");
        let planned_s = PlannedLength::from_seconds(5400).ok();
        assert_eq!(
            chosen,
            PlanChoice {
                planned_s,
                label: None,
                ..last.clone()
            }
        );

        let args = SitArgs {
            length: vec!["open".to_owned()],
            ..SitArgs::default()
        };
        let chosen = choice(&args, last.clone()).expect("a length");
        assert_eq!(
            chosen,
            PlanChoice {
                planned_s: None,
                ..last
            }
        );
    }

    #[rstest]
    #[case("soon", ErrorCode::InvalidLength)]
    #[case("25h", ErrorCode::LengthOutOfRange)]
    #[case("0", ErrorCode::LengthOutOfRange)]
    fn a_length_that_is_none_is_refused(#[case] text: &str, #[case] code: ErrorCode) {
        let args = SitArgs {
            length: vec![text.to_owned()],
            ..SitArgs::default()
        };
        let refused = choice(&args, PlanChoice::default()).map_err(|error| error.code);
        assert_eq!(refused, Err(code));
    }
}
