//! What every command has at hand: where to print, the words, and the running node. Must never decide anything.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use maillage_platform::{
    cli::{Format, Output},
    directory::{DataDirectory, DirectoryError},
    grpc::{TokenInterceptor, connect_local, connect_local_as},
    i18n::FluentValue,
    secrets::{SecretError, read_secret_text},
};
use prost::Name;
use tonic::transport::Channel;

use super::{failure::CommandError, json::Json, words::Words};

/// A command at work.
pub(super) struct Session<'a> {
    data: &'a Path,
    output: Output<'a>,
    words: Words<'a>,
    token_file: Option<PathBuf>,
    api: Option<SocketAddr>,
}

impl<'a> Session<'a> {
    /// A command on the data directory `data`.
    pub(super) fn new(data: &'a Path, output: Output<'a>, words: Words<'a>) -> Self {
        Self { data, output, words, token_file: None, api: None }
    }

    /// The command on behalf of the account whose token is in a file, if there is one; `api` is where the node answers, if the
    /// data directory cannot be asked.
    pub(super) fn of_account(self, token_file: Option<PathBuf>, api: Option<SocketAddr>) -> Self {
        Self { token_file, api, ..self }
    }

    /// Prints the reply if a program reads; tells whether it did.
    pub(super) fn json<T: Name>(&mut self, reply: &T) -> io::Result<bool> {
        let json = self.output.format() == Format::Json;
        if json {
            self.output.record(&Json(reply), &[])?;
        }
        Ok(json)
    }

    /// Whether a program reads.
    pub(super) fn is_json(&self) -> bool {
        self.output.format() == Format::Json
    }

    /// A sentence for people beside a file that goes to standard output.
    pub(super) fn aside(&self, key: &str, args: &[(&str, FluentValue<'_>)]) -> io::Result<()> {
        writeln!(io::stderr(), "{}", self.words.text(key, args))
    }

    /// A sentence for people.
    pub(super) fn line(&mut self, key: &str, args: &[(&str, FluentValue<'_>)]) -> io::Result<()> {
        self.output.line(key, args)
    }

    /// Fields for people, a pair of the Fluent key of its name and its text each. Those without text are left out.
    pub(super) fn fields(&mut self, fields: &[(&str, String)]) -> io::Result<()> {
        let shown: Vec<(&str, String)> =
            fields.iter().filter(|(_, text)| !text.is_empty()).cloned().collect();
        self.output.record(&(), &shown)
    }

    /// Columns for people.
    pub(super) fn columns(&mut self, headings: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
        self.output.table(rows, headings, Clone::clone)
    }

    /// One thing that is no message of the contract.
    pub(super) fn record<T: serde::Serialize>(
        &mut self,
        value: &T,
        fields: &[(&str, String)],
    ) -> io::Result<()> {
        self.output.record(value, fields)
    }

    /// Bytes as they are: a file that was asked for.
    pub(super) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.output.raw(bytes)
    }

    /// Where replies are printed.
    pub(super) fn output(&mut self) -> &mut Output<'a> {
        &mut self.output
    }

    /// The data directory.
    pub(super) fn data(&self) -> &'a Path {
        self.data
    }

    /// The texts.
    pub(super) fn words(&self) -> Words<'a> {
        self.words
    }

    /// A client of one of the node's services, such as `session.client(TripsClient::with_interceptor)`.
    pub(super) async fn client<C>(
        &self,
        with_interceptor: impl FnOnce(Channel, TokenInterceptor) -> C,
    ) -> Result<C, CommandError> {
        let (channel, token) = self.connect().await?;
        Ok(with_interceptor(channel, token))
    }

    async fn connect(&self) -> Result<(Channel, TokenInterceptor), CommandError> {
        let Some(token_file) = &self.token_file else {
            let directory = DataDirectory::open(self.data, crate::PROGRAM)?;
            return Ok(connect_local(&directory).await?);
        };
        let token = read_secret_text(token_file).map_err(token_file_error)?;
        let address = match self.api {
            Some(address) => address,
            None => DataDirectory::open(self.data, crate::PROGRAM)?.api_address()?,
        };
        let not_running =
            || DirectoryError::NotRunning { path: self.data.to_owned(), program: crate::PROGRAM.to_owned() };
        Ok(connect_local_as(address, token.expose(), not_running).await?)
    }
}

fn token_file_error(error: SecretError) -> CommandError {
    match error {
        SecretError::Exposed { .. } => CommandError::usage("token-file-exposed"),
        SecretError::NotAFile { .. }
        | SecretError::TooLarge { .. }
        | SecretError::NotText { .. }
        | SecretError::File { .. } => CommandError::usage("token-file-unreadable"),
    }
}
