// SPDX-License-Identifier: EUPL-1.2
//! The rules for what an authority says about itself (docs/protocol.md §6 "Authority").

use super::{op::StatementBy, signature};
use proto::{AuthorityStatement, ErrorCode, Hour, IssuerGrant, StatementSigner, authority::authority_id};

/// Verifies the signature of `statement` under what is stored of this authority.
///
/// # Errors
/// [`ErrorCode::Forbidden`]: no valid signature, an expired or foreign grant, or an id that is not the root's.
pub fn verify_statement(
    now: Hour,
    stored: Option<&AuthorityStatement>,
    statement: &AuthorityStatement,
    signer: &StatementSigner,
) -> Result<StatementBy, ErrorCode> {
    let root_pub = match stored {
        Some(stored) => stored.root_pub,
        None if statement.authority == authority_id(&statement.root_pub) => statement.root_pub,
        None => return Err(ErrorCode::Forbidden),
    };
    match signer {
        StatementSigner::Root(by_root) => {
            signature::verify_root(&root_pub, &statement.signed_bytes(), by_root)?;
            Ok(StatementBy::Root(root_pub))
        }
        StatementSigner::Issuer(grant, by_issuer) => {
            if stored.is_none() || grant.generation != statement.generation() || grant.not_after < now {
                return Err(ErrorCode::Forbidden);
            }
            let granted =
                IssuerGrant::signed_bytes(&statement.authority, &grant.issuer_pub, grant.generation, grant.not_after);
            signature::verify_root(&root_pub, &granted, &grant.root_signature)?;
            signature::verify(&grant.issuer_pub, &statement.signed_bytes(), by_issuer)?;
            Ok(StatementBy::Issuer(root_pub))
        }
    }
}

/// What a verified statement means beside the stored one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The same statement again.
    Same,
    /// It replaces the stored one.
    Newer,
}

/// Pure rule, applied again inside the store's transaction.
///
/// # Errors
/// [`ErrorCode::Forbidden`]: signed under another root, or an issuer changed what only the root may;
/// [`ErrorCode::Conflict`]: the version is not larger than the stored one.
pub fn judge_statement(
    stored: &AuthorityStatement,
    statement: &AuthorityStatement,
    by: &StatementBy,
) -> Result<Judgement, ErrorCode> {
    if stored == statement {
        return Ok(Judgement::Same);
    }
    let (StatementBy::Root(root_pub) | StatementBy::Issuer(root_pub)) = by;
    if *root_pub != stored.root_pub {
        return Err(ErrorCode::Forbidden);
    }
    if matches!(by, StatementBy::Issuer(_))
        && (statement.root_pub != stored.root_pub
            || statement.pass_pub != stored.pass_pub
            || statement.generation() != stored.generation())
    {
        return Err(ErrorCode::Forbidden);
    }
    if statement.version <= stored.version {
        return Err(ErrorCode::Conflict);
    }
    Ok(Judgement::Newer)
}
