//! `handover` as clap reads it. Only its shape, as in the module above.

use clap::{ArgAction, Args, Subcommand};

use super::{super::codes, LOCAL, Page};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Handover {
    Offer(HandoverOffer),
    List {
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        page: Page,
    },
    Show {
        id: String,
    },
    Bid {
        id: String,
        #[arg(long, default_value = "", value_name = "ID")]
        volunteer: String,
    },
    Award {
        id: String,
        #[arg(long, default_value = "", value_name = "ID")]
        node: String,
    },
    Decline {
        id: String,
    },
    Withdraw {
        id: String,
    },
    Cancel {
        id: String,
    },
    Accept {
        id: String,
        #[arg(long, default_value = "", value_name = "ID")]
        volunteer: String,
    },
    Refuse(GiveBack),
    Release(GiveBack),
    Message {
        id: String,
        text: String,
    },
    #[command(subcommand)]
    Change(Change),
    Countersign {
        id: String,
    },
    Dispute {
        id: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::DISPUTE)]
        reason: String,
        #[arg(default_value = "", hide_default_value = true)]
        text: String,
    },
    Timeline {
        id: String,
    },
    Attention {
        #[command(flatten)]
        page: Page,
    },
    LookedAt {
        id: String,
    },
}

/// Other times or places of a trip that is handed over.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Change {
    Ask(ChangeAsked),
    Answer(ChangeAnswered),
}

/// What is wished for; what is not given stays.
#[derive(Debug, Args)]
pub(in crate::cli) struct ChangeAsked {
    pub(in crate::cli) id: String,
    pub(in crate::cli) trip: String,
    #[arg(long, value_name = "COMMUNE")]
    pub(in crate::cli) to_commune: Option<String>,
    #[arg(long, default_value = "", requires = "to_commune", value_name = "ADDRESS")]
    pub(in crate::cli) to_address: String,
    #[arg(long, value_name = "COMMUNE")]
    pub(in crate::cli) from_commune: Option<String>,
    #[arg(long, default_value = "", requires = "from_commune", value_name = "ADDRESS")]
    pub(in crate::cli) from_address: String,
    #[arg(long, default_value = "", conflicts_with = "pickup_at", value_name = LOCAL)]
    pub(in crate::cli) arrive_by: String,
    #[arg(long, default_value = "", value_name = LOCAL)]
    pub(in crate::cli) pickup_at: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(in crate::cli) note: String,
}

/// An answer to it.
#[derive(Debug, Args)]
pub(in crate::cli) struct ChangeAnswered {
    pub(in crate::cli) id: String,
    #[arg(long, required_unless_present = "no", conflicts_with = "no")]
    pub(in crate::cli) yes: bool,
    #[arg(long)]
    pub(in crate::cli) no: bool,
    #[arg(long, requires = "yes")]
    pub(in crate::cli) without_driver: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(in crate::cli) struct HandoverOffer {
    #[arg(value_name = "TRIP")]
    pub(in crate::cli) trip: String,
    #[arg(long)]
    pub(in crate::cli) single: bool,
    #[arg(long, action = ArgAction::SetTrue)]
    pub(in crate::cli) person_agrees: bool,
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
    pub(in crate::cli) reply_within_min: u32,
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) partner: Vec<String>,
    #[arg(long, conflicts_with = "partner")]
    pub(in crate::cli) partners: bool,
    #[arg(long, conflicts_with_all = ["partner", "partners"])]
    pub(in crate::cli) agreed_only: bool,
    #[arg(long, conflicts_with_all = ["partner", "partners"])]
    pub(in crate::cli) at_once: bool,
    #[arg(long, conflicts_with_all = ["single", "partner", "partners"])]
    pub(in crate::cli) either: bool,
}

/// A handover that is given back, and why.
#[derive(Debug, Args)]
pub(in crate::cli) struct GiveBack {
    pub(in crate::cli) id: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::GIVE_BACK)]
    pub(in crate::cli) reason: String,
}
