//! `init`: the keys and the settings of a new hub. It must never touch a hub that is there already.

use std::path::PathBuf;

use maillage_platform::{
    cli::{Failure, Output},
    clock::{Clock as _, SystemClock},
    directory::DataDirectory,
    random::OsEntropy,
    refusal::Refusal,
    tls::{certificate_fingerprint, certificates_from_pem},
};
use serde::Serialize;

use super::{PROGRAM, arguments::Init};
use crate::{authority, refusals, settings::Settings};

#[derive(Serialize)]
struct Made {
    federation: String,
    url: String,
    directory: String,
    authority_fingerprint: String,
}

/// Makes a hub.
pub(super) fn run(data: PathBuf, wanted: Init, output: &mut Output<'_>) -> Result<(), Failure> {
    let Init { federation, url, address } = wanted;
    if let Some(wrong) = address.iter().find(|host| !is_host(host)) {
        return Err(Refusal::from(refusals::MALFORMED_ARGUMENT).with("value", wrong).into());
    }
    let directory = DataDirectory::create(data, PROGRAM)?;
    let _lock = directory.lock()?;
    Settings::refuse_existing(&directory)?;
    authority::create(&directory, &federation, SystemClock.now(), &OsEntropy).map_err(Failure::internal)?;
    Settings::new(federation.clone(), url.clone(), address).save(&directory)?;
    let pem = std::fs::read_to_string(directory.join("authority.pem")).map_err(Failure::internal)?;
    let certificates = certificates_from_pem(&pem).map_err(Failure::internal)?;
    let fingerprint = certificates.first().map(certificate_fingerprint).unwrap_or_default();
    let made = Made {
        federation: federation.to_string(),
        url: url.to_string(),
        directory: directory.path().display().to_string(),
        authority_fingerprint: data_encoding::HEXLOWER.encode(&fingerprint),
    };
    let print = || {
        output.line("init-done", &[("federation", made.federation.as_str().into())])?;
        output.record(
            &made,
            &[
                ("field-url", made.url.clone()),
                ("field-directory", made.directory.clone()),
                ("field-fingerprint", made.authority_fingerprint.clone()),
            ],
        )?;
        output.line("init-next", &[])
    };
    let mut print = print;
    print().map_err(Failure::internal)
}

fn is_host(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    text.parse::<std::net::IpAddr>().is_ok()
        || (!text.is_empty() && text.len() <= 253 && text.chars().all(name))
}
