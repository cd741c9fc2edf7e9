//! Limits of the store, each with its reason. Only constants.

/// Words of a name by which it is found: the longest names of the civil registry have fewer.
pub const NAME_WORDS: usize = 10;
/// Bytes of an envelope in the outbox: the federation's largest body, and room for its header and signature.
pub const ENVELOPE_BYTES: usize = maillage_federation::limits::BODY_BYTES + 4 * 1024;
/// Bytes of a frozen report: twenty sections of a hundred cells stay far under it.
pub const REPORT_BYTES: usize = 64 * 1024;
/// Characters of a reason, a code or an actor's label: codes are short, and nothing else belongs there.
pub const CODE_CHARS: usize = 80;
/// Subjects of one event: a request, its trips and those concerned.
pub const SUBJECTS: usize = 8;
/// Participation models that one territory has had.
pub const MODELS: usize = 100;
