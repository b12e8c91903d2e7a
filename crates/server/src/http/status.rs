// SPDX-License-Identifier: EUPL-1.2
//! The last step of an error: a status code and the stable number in a header.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use proto::{ErrorCode, blob::ERROR_HEADER};

/// An error code on its way out.
pub struct Refusal(pub ErrorCode);

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self(code)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.0 {
            ErrorCode::Malformed => StatusCode::BAD_REQUEST,
            ErrorCode::Forbidden | ErrorCode::SetupCode => StatusCode::FORBIDDEN,
            ErrorCode::Gone => StatusCode::GONE,
            ErrorCode::Unknown => StatusCode::NOT_FOUND,
            ErrorCode::Conflict | ErrorCode::Frozen | ErrorCode::Exhausted => StatusCode::CONFLICT,
            ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::Rate => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::Quota => StatusCode::INSUFFICIENT_STORAGE,
            ErrorCode::Range => StatusCode::RANGE_NOT_SATISFIABLE,
            ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, [(ERROR_HEADER, (self.0 as u8).to_string())]).into_response()
    }
}
