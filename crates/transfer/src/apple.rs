//! Apple Health's `export.xml`: hundreds of megabytes of which a few records are mindful sessions.
//! It is read as a stream of tags; nothing but the tag at hand is held.

use std::io::BufRead;
use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::dates::When;
use crate::judge::{Foreign, Found, Refusal, RefusalCode};
use crate::length;
use crate::table::{OnRow, when};
use crate::text::{Counted, Unreadable};

/// The type of the records that are sits.
const MINDFUL: &str = "HKCategoryTypeIdentifierMindfulSession";

/// Reads every mindful session. Whether the file is whole: it ends where its first tag is closed.
pub(crate) fn read<R: BufRead>(
    text: &mut Counted<'_, R>,
    on_row: OnRow<'_>,
) -> Result<(ControlFlow<()>, bool), Unreadable> {
    let mut reader = Reader::from_reader(text);
    let mut buffer = Vec::new();
    let mut depth = 0_u64;
    let mut was_closed = false;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer);
        let line = reader.get_ref().line();
        match event {
            Ok(Event::Eof) => return Ok((ControlFlow::Continue(()), was_closed)),
            Ok(Event::Start(tag)) => {
                depth += 1;
                if is_sit(&tag) && on_row(line, sit(&tag)).is_break() {
                    return Ok((ControlFlow::Break(()), true));
                }
            }
            Ok(Event::Empty(tag)) => {
                if is_sit(&tag) && on_row(line, sit(&tag)).is_break() {
                    return Ok((ControlFlow::Break(()), true));
                }
            }
            Ok(Event::End(_)) => {
                depth = depth.saturating_sub(1);
                was_closed = depth == 0;
            }
            Ok(_) => {}
            Err(_) if reader.get_ref().is_cancelled() => return Err(Unreadable::Cancelled),
            // A file that breaks off within a tag: what came before it is whole.
            Err(quick_xml::Error::Syntax(_)) => return Ok((ControlFlow::Continue(()), false)),
            Err(error) => {
                return Err(Unreadable::Broken {
                    line,
                    detail: error.to_string(),
                });
            }
        }
    }
}

fn is_sit(tag: &BytesStart<'_>) -> bool {
    tag.name().as_ref() == "Record"
        && tag
            .attributes()
            .flatten()
            .any(|a| a.key.as_ref() == "type" && a.value.as_ref() == MINDFUL)
}

fn sit(tag: &BytesStart<'_>) -> Result<Found, Refusal> {
    let (mut app, mut start, mut end) = (None, None, None);
    for attribute in tag.attributes() {
        let attribute =
            attribute.map_err(|e| Refusal::about(RefusalCode::NotUnderstood, &e.to_string()))?;
        let place = match attribute.key.as_ref() {
            "sourceName" => &mut app,
            "startDate" => &mut start,
            "endDate" => &mut end,
            _ => continue,
        };
        let value = quick_xml::escape::unescape(&attribute.value)
            .map_err(|e| Refusal::about(RefusalCode::NotUnderstood, &e.to_string()))?;
        *place = Some(value.into_owned());
    }
    let moment = |text: Option<String>, name| -> Result<_, Refusal> {
        let text = text.ok_or_else(|| Refusal::missing(name))?;
        match when(&text)? {
            When::Offset(at) => Ok(at),
            _ => Err(Refusal::about(RefusalCode::NotATime, &text)),
        }
    };
    let (start, end) = (moment(start, "startDate")?, moment(end, "endDate")?);
    let length_s = length::checked((end - start).num_seconds())?;
    // Non-breaking blanks stand in the names of some devices.
    let label = app.map(|app| app.replace('\u{a0}', " "));
    Ok(Found::Foreign(Foreign {
        when: When::Offset(start),
        zone: None,
        length_s,
        label,
        note: None,
        mood: None,
    }))
}
