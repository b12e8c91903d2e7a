// SPDX-License-Identifier: EUPL-1.2
//! Photos on their way in: place and time are read, everything else of the camera's notes is dropped by drawing the
//! picture anew, no larger than a screen needs.

use crate::time;
use client_api::{Place, Timestamp};
use exif::{Exif, In, Rational, Tag, Value};
use js_sys::{Date, Uint8Array};
use leptos::prelude::*;
use std::io::Cursor;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap};

/// Longest side of a photo that is sent, px.
const LONGEST: u32 = 2560;
/// JPEG quality, 0 to 1.
const QUALITY: f64 = 0.85;
/// More pixels than this are not decoded here: four bytes each while drawing.
const MOST_PIXELS: u64 = 64_000_000;

/// What a picture's header claims, px.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    /// Within what a browser decodes without running out of memory.
    pub fn is_drawable(self) -> bool {
        self.width > 0 && self.height > 0 && u64::from(self.width) * u64::from(self.height) <= MOST_PIXELS
    }

    /// Scaled down so that the longest side is at most [`LONGEST`].
    fn fitted(self) -> Self {
        let longest = self.width.max(self.height);
        if longest <= LONGEST {
            return self;
        }
        let scale = |side: u32| (u64::from(side) * u64::from(LONGEST) / u64::from(longest)).max(1);
        let side = |side: u32| u32::try_from(scale(side)).unwrap_or(LONGEST);
        Self { width: side(self.width), height: side(self.height) }
    }
}

/// The size a header claims; `None`: this is no picture we know.
pub fn size(head: &[u8]) -> Option<Size> {
    let size = imagesize::blob_size(head).ok()?;
    Some(Size { width: u32::try_from(size.width).ok()?, height: u32::try_from(size.height).ok()? })
}

/// What a photo says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub place: Option<Place>,
    pub taken: Option<Timestamp>,
}

/// Place and capture time from the camera's notes, where there are any.
pub fn facts(bytes: &[u8]) -> Facts {
    let Ok(exif) = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)) else { return Facts::default() };
    Facts { place: place(&exif), taken: taken(&exif) }
}

fn place(exif: &Exif) -> Option<Place> {
    let latitude = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, 'S')?;
    let longitude = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, 'W')?;
    if latitude.abs() > 90.0 || longitude.abs() > 180.0 || (latitude == 0.0 && longitude == 0.0) {
        return None;
    }
    let accuracy = match exif.get_field(Tag::GPSHPositioningError, In::PRIMARY).map(|field| &field.value) {
        Some(Value::Rational(values)) => values.first().map_or(0.0, Rational::to_f64),
        _ => 0.0,
    };
    Some(Place {
        latitude_e7: e7(latitude),
        longitude_e7: e7(longitude),
        accuracy_m: accuracy.clamp(0.0, 1e6).round() as u32,
    })
}

/// Degrees × 10⁷.
pub fn e7(degrees: f64) -> i32 {
    (degrees * 1e7).round() as i32
}

fn degrees(exif: &Exif, tag: Tag, side: Tag, negative: char) -> Option<f64> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let [degrees, minutes, seconds] = parts.as_slice() else { return None };
    let value = degrees.to_f64() + minutes.to_f64() / 60.0 + seconds.to_f64() / 3600.0;
    let is_negative = match exif.get_field(side, In::PRIMARY).map(|field| &field.value) {
        Some(Value::Ascii(text)) => text.first().and_then(|text| text.first()) == Some(&(negative as u8)),
        _ => false,
    };
    value.is_finite().then_some(if is_negative { -value } else { value })
}

/// Cameras write local time; it is taken as this device's.
fn taken(exif: &Exif) -> Option<Timestamp> {
    let Value::Ascii(text) = &exif.get_field(Tag::DateTimeOriginal, In::PRIMARY)?.value else { return None };
    let at = exif::DateTime::from_ascii(text.first()?).ok()?;
    let date = Date::new_with_year_month_day_hr_min_sec(
        u32::from(at.year),
        i32::from(at.month) - 1,
        i32::from(at.day),
        i32::from(at.hour),
        i32::from(at.minute),
        i32::from(at.second),
    );
    let millis = date.get_time();
    let at = Timestamp(if millis.is_finite() && millis > 0.0 { millis as u64 } else { 0 });
    (at.0 > 0 && at <= time::now().plus_secs(86_400)).then_some(at)
}

/// Draws the picture anew as JPEG without the camera's notes. `None`: the browser can't, or it is too large.
pub async fn redraw(blob: &Blob, head: &[u8]) -> Option<Blob> {
    let claimed = size(head)?;
    if !claimed.is_drawable() {
        return None;
    }
    let promise = window().create_image_bitmap_with_blob(blob).ok()?;
    let bitmap: ImageBitmap = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    let to = Size { width: bitmap.width(), height: bitmap.height() }.fitted();
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(to.width);
    canvas.set_height(to.height);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context
        .draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, f64::from(to.width), f64::from(to.height))
        .ok()?;
    bitmap.close();
    encode(&canvas).await
}

async fn encode(canvas: &HtmlCanvasElement) -> Option<Blob> {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let made = Closure::once_into_js(move |blob: JsValue| {
            let _ = resolve.call1(&JsValue::NULL, &blob);
        });
        let _ = canvas.to_blob_with_type_and_encoder_options(
            made.unchecked_ref(),
            "image/jpeg",
            &JsValue::from_f64(QUALITY),
        );
    });
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// All bytes of a small blob.
pub async fn bytes(blob: &Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// A list of files as the browser hands it over.
pub fn files(list: &web_sys::FileList) -> Vec<web_sys::File> {
    (0..list.length()).filter_map(|index| list.get(index)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_is_fitted_to_the_longest_side_and_keeps_its_shape() {
        let fitted = |width, height| Size { width, height }.fitted();
        assert_eq!(fitted(800, 600), Size { width: 800, height: 600 });
        assert_eq!(fitted(5120, 2560), Size { width: 2560, height: 1280 });
        assert_eq!(fitted(1, 100_000), Size { width: 1, height: 2560 });
    }

    #[test]
    fn picture_that_claims_to_be_huge_is_not_drawn() {
        assert!(!Size { width: 12_000, height: 12_000 }.is_drawable());
        assert!(!Size { width: 0, height: 10 }.is_drawable());
        assert!(Size { width: 8000, height: 6000 }.is_drawable());
    }

    #[test]
    fn what_is_no_picture_has_no_size() {
        assert_eq!(size(b""), None);
        assert_eq!(size(b"%PDF-1.7 something"), None);
        assert_eq!(facts(b"nothing"), Facts::default());
    }
}
