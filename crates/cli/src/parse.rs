// SPDX-License-Identifier: EUPL-1.2
//! Places and times as they are typed and printed.

use client_api::{Place, Timestamp};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// `LAT,LON` in degrees.
pub fn place(text: &str) -> Result<Place, String> {
    let (lat, lon) = text.split_once(',').ok_or("expected LAT,LON")?;
    Ok(Place { latitude_e7: degrees(lat, 90)?, longitude_e7: degrees(lon, 180)?, accuracy_m: 0 })
}

/// Exact decimal arithmetic: what was typed is what is sent.
fn degrees(text: &str, most: i64) -> Result<i32, String> {
    let bad = || format!("not a coordinate: {text}");
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let numeric = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !numeric(whole) || !numeric(part) {
        return Err(bad());
    }
    let part: String = part.chars().chain("0000000".chars()).take(7).collect();
    let value = whole.parse::<i64>().map_err(|_| bad())? * 10_000_000 + part.parse::<i64>().map_err(|_| bad())?;
    if value > most * 10_000_000 {
        return Err(bad());
    }
    i32::try_from(sign * value).map_err(|_| bad())
}

pub fn time(text: &str) -> Result<Timestamp, String> {
    let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| "not a time like 2026-11-24T08:30:00Z".to_owned())?;
    let millis = at.unix_timestamp_nanos() / 1_000_000;
    u64::try_from(millis).map(Timestamp).map_err(|_| "before 1970".to_owned())
}

/// RFC 3339, UTC.
pub fn show_time(at: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000)
        .ok()
        .and_then(|t| t.format(&Rfc3339).ok())
        .unwrap_or_else(|| "?".into())
}

pub fn show_degrees(e7: i32) -> String {
    let value = i64::from(e7);
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}.{:07}", value.abs() / 10_000_000, value.abs() % 10_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_is_read_exactly_and_shown_the_same() {
        let p = place("52.5200066,-13.404954").unwrap();
        assert_eq!((p.latitude_e7, p.longitude_e7), (525_200_066, -134_049_540));
        assert_eq!(show_degrees(p.latitude_e7), "52.5200066");
        assert_eq!(show_degrees(-5), "-0.0000005");
        assert!(place("90,180").is_ok() && place("-90,-180").is_ok());
        for bad in ["", "1", "91,0", "0,181", "a,b", "1,2,3", "NaN,0", "1e1,0", ",", "+1,0", "90.0000001,0"] {
            assert!(place(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn time_is_read_in_any_zone_and_shown_in_utc() {
        let at = time("2026-11-24T09:30:00.25+01:00").unwrap();
        assert_eq!(show_time(at), "2026-11-24T08:30:00.25Z");
        assert!(time("1969-12-31T23:59:59Z").is_err());
        assert!(time("24.11.2026").is_err());
    }
}
