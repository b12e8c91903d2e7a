// SPDX-License-Identifier: EUPL-1.2
//! Every decoder as a plain function of bytes: run by a seeded mutator in tests and by cargo-fuzz on demand.

pub use crate::account::format::fuzz as account_format;
pub use crate::cert::fuzz as cert;
pub use crate::content::message::fuzz as content;
pub use crate::conversation::letter::fuzz as conversation_letter;
pub use crate::directory::format::fuzz as directory_format;
pub use crate::log::envelope::fuzz as log_envelope;
pub use crate::mls::fuzz as mls;
