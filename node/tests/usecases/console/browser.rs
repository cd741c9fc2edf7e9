//! A browser without scripts: it keeps cookies, sends the token of the page it has open, and follows nothing by itself.

use std::{collections::BTreeMap, fmt::Write as _, net::IpAddr};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, response::Parts},
};
use maillage_platform::web::serve::Peer;
use tower::ServiceExt as _;

/// A browser.
pub(crate) struct Browser {
    routes: Router,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) address: IpAddr,
    /// More headers of every request.
    pub(crate) headers: Vec<(&'static str, String)>,
    token: String,
    /// What the page that is open shows of a handover, in short.
    stand: Option<String>,
}

/// What it was answered.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Browser {
    pub(super) fn new(routes: Router) -> Self {
        let address = "192.0.2.1".parse().unwrap();
        let headers = vec![("host", "console.test".to_owned()), ("accept-language", "en".to_owned())];
        Self { routes, cookies: BTreeMap::new(), address, headers, token: String::new(), stand: None }
    }

    /// The token of the page that is open.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.ask("GET", path, String::new()).await
    }

    /// What a file is saved as, and its bytes.
    pub(crate) async fn raw(&mut self, path: &str) -> (String, Vec<u8>) {
        let (parts, bytes) = self.exchange("GET", path, String::new()).await;
        let named = parts.headers.get("content-disposition").map(|value| value.to_str().unwrap().to_owned());
        (named.unwrap_or_default(), bytes)
    }

    /// Sends a form of the page that is open.
    pub(crate) async fn send_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let (token, stand) = (self.token.clone(), self.stand.clone());
        let mut all = vec![("forgery", token.as_str())];
        all.extend(stand.as_deref().map(|stand| ("stand", stand)));
        all.extend(fields);
        self.post(path, &all).await
    }

    /// Sends fields, and no token but one among them.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        self.ask("POST", path, pairs.join("&")).await
    }

    /// As a page does that looks by itself whether something has changed since what it has `seen`.
    pub(crate) async fn poll(&mut self, path: &str, seen: &str) -> Page {
        let own = self.headers.clone();
        self.headers.extend([("hx-request", "true".to_owned()), ("maillage-seen", seen.to_owned())]);
        let page = self.ask("GET", path, String::new()).await;
        self.headers = own;
        page
    }

    async fn ask(&mut self, method: &str, path: &str, body: String) -> Page {
        let (parts, bytes) = self.exchange(method, path, body).await;
        let page = Page {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(bytes).unwrap(),
        };
        if page.header("content-type").starts_with("text/html") {
            assert_eq!(super::markup::faults(&page.body), Vec::<String>::new(), "{path}");
        }
        if let Some(token) = page.value("forgery") {
            self.token = token;
            self.stand = page.value("stand");
        }
        page
    }

    async fn exchange(&mut self, method: &str, path: &str, body: String) -> (Parts, Vec<u8>) {
        let mut request = Request::builder().method(method).uri(path);
        // As browsers do with the forms of a page, unless a test says otherwise.
        let mut headers = self.headers.clone();
        if method == "POST" && headers.iter().all(|(name, _)| !matches!(*name, "origin" | "sec-fetch-site")) {
            headers.push(("origin", "http://console.test".to_owned()));
            headers.push(("sec-fetch-site", "same-origin".to_owned()));
        }
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .extension(Peer(self.address))
            .body(Body::from(body))
            .unwrap();
        let answer = self.routes.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        for line in parts.headers.get_all("set-cookie") {
            self.keep(line.to_str().unwrap());
        }
        (parts, bytes.to_vec())
    }

    fn keep(&mut self, line: &str) {
        let (name, rest) = line.split_once('=').unwrap();
        let value = rest.split(';').next().unwrap();
        if line.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Page {
    /// Where the answer leads.
    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// A header, as text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The value of the first field of a name.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let from = self.body.find(&format!("name=\"{name}\""))?;
        let rest = &self.body[from..];
        let tag = &rest[..rest.find('>')?];
        let value = tag.split_once("value=\"")?.1;
        Some(value[..value.find('"')?].to_owned())
    }

    /// The text that stands beside a field because it is wrong.
    pub(crate) fn error_of(&self, name: &str) -> Option<String> {
        let from = self.body.find(&format!("id=\"{name}-error\""))?;
        let rest = &self.body[from..];
        let text = &rest[rest.find('>')? + 1..];
        Some(text[..text.find('<')?].to_owned())
    }

    pub(crate) fn says(&self, text: &str) -> bool {
        self.body.contains(text)
    }
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut written, byte| {
        let _ = write!(written, "%{byte:02X}");
        written
    })
}
