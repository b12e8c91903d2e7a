// SPDX-License-Identifier: EUPL-1.2
//! How a profile gets its account: root file, invitations, enrolment.

pub mod format;
