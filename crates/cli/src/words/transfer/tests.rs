use mitta_domain::{Seconds, UnixMillis};
use mitta_runtime::api::{
    DateOrder, Dates, Encoding, ImportResult, Kind, Refusal, RefusalCode, TimesAre,
};
use mitta_words::{Spoken, speaking};

use super::*;

fn import(import_seq: u32) -> ImportView {
    ImportView {
        import_seq,
        file_name: "sits.csv".into(),
        kind: "meditate".into(),
        begun_at_ms: UnixMillis(0),
        is_finished: true,
        is_undone: false,
        sits: 2,
        taken_back: 0,
    }
}

fn preview() -> ImportPreview {
    ImportPreview {
        file_name: "sits.csv".into(),
        kind: Kind::Meditate,
        encoding: Encoding::Utf8,
        breaks_off: false,
        dates: Dates::Clear,
        asks: Vec::new(),
        zone: "UTC".into(),
        order: DateOrder::MonthFirst,
        times: TimesAre::Utc,
        counts: ImportCounts::default(),
        credited_s: 0,
        from: None,
        to: None,
        before: None,
        is_read_otherwise: false,
    }
}

/// Another one may be the newest.
#[test]
fn the_import_to_undo_is_named_by_its_number() {
    let mut preview = ImportPreview {
        before: Some(import(3)),
        ..preview()
    };
    assert!(import_remarks(&preview).is_empty(), "read as before");
    preview.is_read_otherwise = true;
    let done = ImportDone {
        import: Some(import(4)),
        counts: ImportCounts::default(),
        is_cancelled: false,
    };
    for spoken in [Spoken::En, Spoken::De] {
        let (remarks, did) = speaking(spoken, || (import_remarks(&preview), import_did(&done)));
        assert!(
            remarks[0].contains("`mitta import --undo --import 3`"),
            "{remarks:?}"
        );
        let otherwise = ["times read otherwise", "anders gelesenen Zeiten"];
        assert!(
            otherwise.iter().any(|words| remarks[0].contains(words)),
            "{remarks:?}"
        );
        assert!(did.ends_with(": mitta import --undo --import 4"), "{did}");
    }
}

fn refused(code: RefusalCode, other_started_at_ms: Option<UnixMillis>) -> ImportRowView {
    ImportRowView {
        line: 3,
        result: ImportResult::Refused,
        started_at_ms: Some(UnixMillis(1_714_630_200_000)),
        utc_offset_s: 7200,
        credited_s: Seconds(1200),
        other_started_at_ms,
        remark: None,
        refusal: Some(Refusal {
            code,
            detail: None,
            other_line: None,
            other_started_at_ms,
        }),
    }
}

#[test]
fn a_file_that_breaks_off_says_so_and_so_does_the_half_row() {
    let preview = ImportPreview {
        breaks_off: true,
        ..preview()
    };
    let row = refused(RefusalCode::BreaksOff, None);
    for (spoken, of_the_file, of_the_row) in [
        (
            Spoken::En,
            "The file ends before it should. What came before is read.",
            "line 3: the file ends in the middle of it",
        ),
        (
            Spoken::De,
            "Die Datei endet, bevor sie sollte. Was davor kam, wird gelesen.",
            "Zeile 3: die Datei endet mitten darin",
        ),
    ] {
        let said = speaking(spoken, || (import_remarks(&preview), import_row(&row)));
        assert_eq!(said, (vec![of_the_file.to_owned()], of_the_row.to_owned()));
    }
}

#[test]
fn a_row_that_overlaps_says_with_what() {
    let other = UnixMillis(1_714_629_600_000);
    let row = refused(RefusalCode::OverlapsHere, Some(other));
    assert_eq!(
        import_row(&row),
        "line 3: at the same time as another sit in the history: 2024-05-02 08:00"
    );
}

#[test]
fn how_far_it_is_is_told_in_hundredths_and_sits() {
    let progress = |done, total, sits| TransferProgress {
        phase: TransferPhase::Reading,
        done,
        total,
        sits,
    };
    for (progress, expected) in [
        (progress(0, 0, 0), "Reading the file: 0 %"),
        (progress(199, 200, 1), "Reading the file: 99 %, 1 sit"),
        (
            progress(200, 200, 12_000),
            "Reading the file: 100 %, 12000 sits",
        ),
    ] {
        assert_eq!(super::progress(&progress), expected);
    }
}
