//! The register of processings, in words.

use maillage_proto::node::v1::{self as proto, obligations_client::ObligationsClient};

use super::page::Page;
use crate::cli::{failure::CommandError, session::Session, words::Words};

pub(super) async fn run(session: &mut Session<'_>, html: bool) -> Result<(), CommandError> {
    let mut client = session.client(ObligationsClient::with_interceptor).await?;
    let reply = client.show_register(proto::ShowRegisterRequest {}).await?.into_inner();
    let words = session.words();
    if html {
        return Ok(session.raw(page(words, &reply).as_bytes())?);
    }
    if session.json(&reply)? {
        return Ok(());
    }
    for processing in &reply.processings {
        let name = words.code("processing", &processing.code);
        session.line("register-heading", &[("name", name.into())])?;
        for (name, value) in rows(words, processing) {
            session.line("tus-row", &[("name", name.into()), ("value", value.into())])?;
        }
    }
    Ok(())
}

fn page(words: Words<'_>, reply: &proto::ShowRegisterReply) -> String {
    let title = words.text("register-title", &[("territory", reply.territory_name.clone().into())]);
    let mut page = Page::new(words.language().code(), &title);
    page.paragraph(&words.text("register-about", &[]));
    for processing in &reply.processings {
        page.heading(&words.code("processing", &processing.code));
        page.pairs(&rows(words, processing));
    }
    page.finish()
}

/// What is told of a processing, a name and a value each.
pub(crate) fn rows(words: Words<'_>, processing: &proto::Processing) -> Vec<(String, String)> {
    let list = |name: &str, codes: &[String]| {
        codes.iter().map(|code| words.code(name, code)).collect::<Vec<_>>().join(", ")
    };
    let terms = processing.retention.iter().map(|rule| {
        let term = match (rule.years, rule.days) {
            (0, days) => words.text("term-days", &[("count", days.into())]),
            (years, _) => words.text("term-years", &[("count", years.into())]),
        };
        let name = words.code("retention-kind", &rule.kind);
        let value = format!("{term} ({})", rule.source);
        words.text("tus-row", &[("name", name.into()), ("value", value.into())])
    });
    let rows = [
        ("purpose", words.code("processing-purpose", &processing.code)),
        ("legal-basis", words.code("legal-basis", &processing.legal_basis)),
        ("people", list("data-people", &processing.people)),
        ("categories", list("data-category", &processing.categories)),
        ("recipients", list("recipient", &processing.recipients)),
        ("terms", terms.collect::<Vec<_>>().join(" · ")),
        ("security", list("security", &processing.security)),
        ("families", processing.families.join(", ")),
    ];
    rows.into_iter().map(|(code, value)| (words.code("register", code), value)).collect()
}
