//! Sentences of the hub on the output. It must never say one that is not in the catalogue.

use std::io;

use maillage_platform::{cli::Output, i18n::FluentValue};
use maillage_proto::hub::v1 as proto;

use crate::{
    statistics::Unit,
    wording::said::{Names, arguments},
};

/// What a sentence says, in the language of the output.
pub(super) fn of<'s>(
    output: &Output<'_>,
    sentence: &'s proto::Sentence,
    unit: Unit,
    names: &Names<'_>,
) -> Vec<(&'s str, FluentValue<'s>)> {
    arguments(&|key| output.text(key, &[]), output.language(), sentence, unit, names)
}

/// Says it.
pub(super) fn line(
    output: &mut Output<'_>,
    sentence: &proto::Sentence,
    unit: Unit,
    names: &Names<'_>,
) -> io::Result<()> {
    let arguments = of(output, sentence, unit, names);
    output.line(&sentence.code, &arguments)
}
