// SPDX-License-Identifier: EUPL-1.2
//! Step one of every request: a frame from anybody becomes a verified task, or an error.

use super::{
    authority::verify_statement,
    limits::{BLOB_DAYS, DELETE_AT_ONCE, PASS_SLACK_DAYS},
    lookup::{BranchState, Lookup},
    op::{Admission, BlobSponsor, MemberKey, Op, Sponsor, UsedPass},
    session::{Counted, FirstPut, Session, Writing},
    signature,
};
use proto::{
    AuthorityStatement, BlobId, BranchId, ErrorCode, Hour, InboxId, LogId, MemberProof, NextKeys, PublicKey, Reply,
    Request, Signature, StatementSigner, TtlClass, Voucher,
    authority::Pass,
    blob::bucket,
    chain::content_hash,
    limit,
    proof::{Op as ProofOp, proof_bytes},
    request::{BlobHashes, BlobVoucher},
};

/// What is to be done for an authorised request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Nothing to look up.
    Answer(Reply),
    /// The branch is open on this session now: make it live, then read its page.
    OpenBranch {
        branch: BranchId,
        after: u32,
    },
    ReadPage {
        branch: BranchId,
        after: u32,
    },
    /// The branch is closed on this session now: no more pushes.
    CloseBranch(BranchId),
    /// The inbox is open on this session now: note its use, make it live, then read what waits.
    OpenInbox {
        inbox: InboxId,
        owner_pub: PublicKey,
    },
    ReadInbox {
        inbox: InboxId,
        owner_pub: PublicKey,
        skip: u32,
    },
    Write(Op),
}

/// One place where request, session and stored keys meet.
struct Gate<'a> {
    now_millis: u64,
    session: &'a mut Session,
    stored: &'a dyn Lookup,
}

/// Does this request need nothing but the session? Such requests need no look into the store.
pub fn needs_store(request: &Request) -> bool {
    !matches!(
        request,
        Request::Ping
            | Request::LogRead { .. }
            | Request::LogClose { .. }
            | Request::LogAppend { .. }
            | Request::LogCommit { .. }
            | Request::LogErase { .. }
            | Request::InboxList { .. }
            | Request::InboxDelete { .. }
            | Request::InboxDrop { .. }
            | Request::InboxPublish { .. }
    )
}

/// Checks sizes, rates and proofs. Opened branches and inboxes are noted in `session`.
///
/// # Errors
/// A stable code that says what to do next; nothing has changed then except counters.
pub fn authorise(
    now_millis: u64,
    session: &mut Session,
    stored: &dyn Lookup,
    request: Request,
) -> Result<Task, ErrorCode> {
    let mut gate = Gate { now_millis, session, stored };
    match request {
        Request::Ping => Ok(Task::Answer(Reply::Done)),
        Request::AuthorityPut { statement, signer, setup_code } => gate.put_authority(statement, &signer, setup_code),
        Request::LogCreate { log, keys, ttl, proof } => gate.create_log(log, keys, ttl, &proof),
        Request::LogOpen { branch, proof, write_proof, after } => gate.open_branch(branch, &proof, write_proof, after),
        Request::LogRead { branch, after } => {
            gate.session.branch(&branch).ok_or(ErrorCode::Forbidden)?;
            Ok(Task::ReadPage { branch, after })
        }
        Request::LogClose { branch } => {
            gate.session.close_branch(&branch);
            Ok(Task::CloseBranch(branch))
        }
        Request::LogAppend { branch, env, erase_hash } => {
            gate.write(&branch, env.len(), limit::ENTRY_ENVELOPE_BYTES)?;
            Ok(Task::Write(Op::Append { branch, env: env.into(), erase_hash }))
        }
        Request::LogCommit { branch, candidate, env, next } => {
            gate.write(&branch, env.len(), limit::COMMIT_ENVELOPE_BYTES)?;
            Ok(Task::Write(Op::Commit { branch, candidate, env: env.into(), next }))
        }
        Request::LogErase { branch, n, secret } => {
            gate.session.count(now_millis, Counted::Writes)?;
            Ok(Task::Write(Op::Erase { branch, n, secret_hash: content_hash(&secret) }))
        }
        Request::InboxCreate { inbox, owner_pub, voucher } => gate.create_inbox(inbox, owner_pub, &voucher),
        Request::InboxOpen { inbox, proof } => gate.open_inbox(inbox, &proof),
        Request::InboxList { inbox, skip } => Ok(Task::ReadInbox { inbox, owner_pub: gate.owner(&inbox)?, skip }),
        Request::InboxDelete { inbox, hashes } => {
            let owner_pub = gate.owner(&inbox)?;
            if hashes.len() > DELETE_AT_ONCE {
                return Err(ErrorCode::TooLarge);
            }
            Ok(Task::Write(Op::DeleteDeposits { inbox, owner_pub, hashes }))
        }
        Request::InboxDrop { inbox } => Ok(Task::Write(Op::DropInbox { inbox, owner_pub: gate.owner(&inbox)? })),
        Request::InboxPublish { inbox, packages, last_resort } => {
            gate.publish(inbox, packages.into_iter().map(Into::into).collect(), last_resort.into())
        }
        Request::InboxClaim { inbox, proof } => {
            let member = gate.member(&proof, ProofOp::InboxClaim, &inbox.0)?;
            gate.session.count(now_millis, Counted::Claims(inbox))?;
            Ok(Task::Write(Op::Claim { inbox, member }))
        }
        Request::InboxDeposit { inbox, sealed, voucher } => gate.deposit(inbox, sealed.into(), &voucher),
        Request::BlobCreate { blob, size_bytes, expiry, hashes, voucher } => {
            gate.create_blob(blob, size_bytes, expiry, hashes, &voucher)
        }
    }
}

impl Gate<'_> {
    fn hour(&self) -> Hour {
        Hour::of_millis(self.now_millis)
    }

    /// A proof is good for any address the server answers to.
    fn prove(&self, key: &PublicKey, op: ProofOp, id: &[u8; 32], proof: &Signature) -> Result<(), ErrorCode> {
        let nonce = self.session.nonce();
        let good = |origin: &String| signature::verify(key, &proof_bytes(origin, op, id, nonce), proof).is_ok();
        if self.session.origins().iter().any(good) { Ok(()) } else { Err(ErrorCode::Forbidden) }
    }

    fn authority(&self, id: &proto::AuthorityId) -> Result<AuthorityStatement, ErrorCode> {
        self.stored.find_authority(id)?.ok_or(ErrorCode::Forbidden)
    }

    fn member(&self, proof: &MemberProof, op: ProofOp, id: &[u8; 32]) -> Result<MemberKey, ErrorCode> {
        let member_pub = self.authority(&proof.authority)?.member_pub;
        self.prove(&member_pub, op, id, &proof.signature)?;
        Ok(MemberKey { authority: proof.authority, member_pub })
    }

    fn pass(&self, pass: &Pass, proof: &Signature, op: ProofOp, id: &InboxId) -> Result<UsedPass, ErrorCode> {
        let named = if op == ProofOp::InboxCreate { pass.reply_inbox } else { pass.approver_inbox };
        let latest = self.hour().plus_days(limit::PASS_DAYS + PASS_SLACK_DAYS);
        if named != *id || pass.not_after < self.hour() || pass.not_after > latest {
            return Err(ErrorCode::Forbidden);
        }
        let pass_pub = self.authority(&pass.authority)?.pass_pub;
        signature::verify(&pass_pub, &pass.signed_bytes(), &pass.signature)?;
        self.prove(&pass.pass_key, op, &id.0, proof)?;
        Ok(UsedPass { authority: pass.authority, pass_pub, invite: pass.invite, not_after: pass.not_after })
    }

    fn sponsor(&self, voucher: &Voucher, op: ProofOp, id: &InboxId) -> Result<Sponsor, ErrorCode> {
        match voucher {
            Voucher::Member(proof) => self.member(proof, op, &id.0).map(Sponsor::Member),
            Voucher::Pass(pass, proof) => self.pass(pass, proof, op, id).map(Sponsor::Pass),
        }
    }

    fn owner(&self, inbox: &InboxId) -> Result<PublicKey, ErrorCode> {
        self.session.inbox(inbox).ok_or(ErrorCode::Forbidden)
    }

    fn put_authority(
        &mut self,
        statement: AuthorityStatement,
        signer: &StatementSigner,
        setup_code: Option<String>,
    ) -> Result<Task, ErrorCode> {
        let stored = self.stored.find_authority(&statement.authority)?;
        let by = verify_statement(self.hour(), stored.as_ref(), &statement, signer)?;
        let admission = match (setup_code, self.session.first_put()) {
            (Some(code), _) => Admission::Code(code),
            (None, FirstPut::Trusted) => Admission::IfEmpty,
            (None, FirstPut::NeedsCode) => Admission::Never,
        };
        Ok(Task::Write(Op::PutAuthority { statement, by, admission }))
    }

    fn create_log(
        &mut self,
        log: LogId,
        keys: NextKeys,
        ttl: TtlClass,
        proof: &MemberProof,
    ) -> Result<Task, ErrorCode> {
        if ttl == TtlClass::Kept && keys.write_pub.is_none() {
            return Err(ErrorCode::Malformed);
        }
        let member = self.member(proof, ProofOp::LogCreate, &log.0)?;
        self.session.count(self.now_millis, Counted::Logs)?;
        Ok(Task::Write(Op::CreateLog { log, keys, ttl, member }))
    }

    fn open_branch(
        &mut self,
        branch: BranchId,
        proof: &Signature,
        write_proof: Option<Signature>,
        after: u32,
    ) -> Result<Task, ErrorCode> {
        let keys = match self.stored.find_branch(&branch)? {
            BranchState::Alive(keys) => keys,
            BranchState::Dead => return Err(ErrorCode::Gone),
            BranchState::Unknown => return Err(ErrorCode::Unknown),
        };
        self.prove(&keys.access_pub, ProofOp::LogOpen, &branch.0, proof)?;
        let writing = match (keys.write_pub, write_proof) {
            (None, None) => Writing::Allowed,
            (None, Some(_)) => return Err(ErrorCode::Forbidden),
            (Some(_), None) => Writing::ReadOnly,
            (Some(key), Some(proof)) => {
                self.prove(&key, ProofOp::LogWrite, &branch.0, &proof)?;
                Writing::Proven
            }
        };
        self.session.open_branch(branch, writing)?;
        Ok(Task::OpenBranch { branch, after })
    }

    /// May this session write `env_bytes` to the branch?
    fn write(&mut self, branch: &BranchId, env_bytes: usize, most: usize) -> Result<(), ErrorCode> {
        match self.session.branch(branch) {
            None | Some(Writing::ReadOnly) => return Err(ErrorCode::Forbidden),
            Some(Writing::Allowed | Writing::Proven) => {}
        }
        if env_bytes > most {
            return Err(ErrorCode::TooLarge);
        }
        if env_bytes < limit::ENVELOPE_MIN_BYTES {
            return Err(ErrorCode::Malformed);
        }
        self.session.count(self.now_millis, Counted::Writes)
    }

    fn create_inbox(&mut self, inbox: InboxId, owner_pub: PublicKey, voucher: &Voucher) -> Result<Task, ErrorCode> {
        let sponsor = self.sponsor(voucher, ProofOp::InboxCreate, &inbox)?;
        self.session.count(self.now_millis, Counted::Inboxes)?;
        Ok(Task::Write(Op::CreateInbox { inbox, owner_pub, sponsor }))
    }

    fn open_inbox(&mut self, inbox: InboxId, proof: &Signature) -> Result<Task, ErrorCode> {
        let owner_pub = self.stored.find_inbox_owner(&inbox)?.ok_or(ErrorCode::Unknown)?;
        self.prove(&owner_pub, ProofOp::InboxOpen, &inbox.0, proof)?;
        self.session.open_inbox(inbox, owner_pub)?;
        Ok(Task::OpenInbox { inbox, owner_pub })
    }

    fn publish(&mut self, inbox: InboxId, packages: Vec<Vec<u8>>, last_resort: Vec<u8>) -> Result<Task, ErrorCode> {
        let owner_pub = self.owner(&inbox)?;
        if packages.len() > limit::KEY_PACKAGES_PER_INBOX {
            return Err(ErrorCode::Quota);
        }
        if packages.iter().chain([&last_resort]).any(|p| p.len() != limit::KEY_PACKAGE_BYTES) {
            return Err(ErrorCode::Malformed);
        }
        Ok(Task::Write(Op::Publish { inbox, owner_pub, packages, last_resort }))
    }

    fn deposit(&mut self, inbox: InboxId, sealed: Vec<u8>, voucher: &Voucher) -> Result<Task, ErrorCode> {
        if sealed.len() > limit::DEPOSIT_BYTES {
            return Err(ErrorCode::TooLarge);
        }
        if sealed.is_empty() {
            return Err(ErrorCode::Malformed);
        }
        let sponsor = self.sponsor(voucher, ProofOp::InboxDeposit, &inbox)?;
        if matches!(sponsor, Sponsor::Member(_)) {
            self.session.count(self.now_millis, Counted::Deposits(inbox))?;
        }
        Ok(Task::Write(Op::Deposit { inbox, sealed, sponsor }))
    }

    fn create_blob(
        &mut self,
        blob: BlobId,
        size_bytes: u64,
        expiry: Hour,
        hashes: BlobHashes,
        voucher: &BlobVoucher,
    ) -> Result<Task, ErrorCode> {
        if size_bytes > limit::BLOB_BYTES {
            return Err(ErrorCode::TooLarge);
        }
        if bucket(size_bytes) != size_bytes {
            return Err(ErrorCode::Malformed);
        }
        let sponsor = match voucher {
            BlobVoucher::Member(proof) => {
                if expiry > self.hour().plus_days(BLOB_DAYS) {
                    return Err(ErrorCode::Quota);
                }
                BlobSponsor::Member(self.member(proof, ProofOp::BlobCreate, &blob.0)?, expiry)
            }
            BlobVoucher::KeptLog(branch) if self.session.branch(branch) == Some(Writing::Proven) => {
                BlobSponsor::KeptLog(*branch)
            }
            BlobVoucher::KeptLog(_) => return Err(ErrorCode::Forbidden),
        };
        self.session.count(self.now_millis, Counted::Blobs)?;
        Ok(Task::Write(Op::CreateBlob { blob, size_bytes, hashes, sponsor }))
    }
}
