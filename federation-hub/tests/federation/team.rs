//! The team's part of the dashboard: accounts that a command makes, ways in, sessions, guesses, and what browsers are told. What the
//! team does there is in [`super::team_work`].

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
    response::Response,
};
use http_body_util::BodyExt as _;
use maillage_hub::{
    dashboard::{Dashboard, team::Team},
    team::TeamAddress,
};
use maillage_platform::web::serve::Peer;
use maillage_proto::hub::v1::{LinkColleagueRequest, ListColleaguesRequest, RevokeColleagueRequest};
use tonic::Status;
use tower::ServiceExt as _;

use crate::world::{ALBAN, World, instant, reason};

const PASSWORD: &str = "quatre mots sans rime";

/// Somebody's browser.
pub(crate) struct Browser {
    routes: Router,
    cookies: BTreeMap<String, String>,
    address: IpAddr,
}

/// Who enters.
pub(crate) const CLAIRE: (&str, &str) = ("claire", "Claire Exemple");

/// What it was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) html: String,
}

impl Browser {
    pub(crate) fn of(world: &World) -> Self {
        Self::at(world, "http://127.0.0.1:8080")
    }

    fn at(world: &World, url: &str) -> Self {
        let address = TeamAddress::read(url, "127.0.0.1:8080".parse().unwrap()).unwrap();
        let team = Team::new(Arc::clone(&world.hub), address, false).routes();
        let routes = Dashboard::new(Arc::clone(&world.hub)).routes().merge(team);
        Self { routes, cookies: BTreeMap::new(), address: Ipv4Addr::new(192, 0, 2, 1).into() }
    }

    /// Another browser of the same site.
    pub(crate) fn another(&self) -> Self {
        Self { routes: self.routes.clone(), cookies: BTreeMap::new(), address: self.address }
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Response {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).extension(Peer(self.address));
        let response = self.routes.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        for line in response.headers().get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        response
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        Answer::of(self.send(Request::get(path), String::new()).await).await
    }

    /// Sends a form as the page has it, with what was typed.
    pub(crate) async fn post(&mut self, page: &str, action: &str, typed: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await;
        self.post_with(Self::token(&shown.html), action, typed).await
    }

    /// The forgery token of a page; none if it has no form.
    pub(crate) fn token(html: &str) -> &str {
        let token = html.split("name=\"forgery\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        token.unwrap_or_default()
    }

    pub(crate) async fn post_with(&mut self, token: &str, action: &str, typed: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("forgery", token).extend_pairs(typed);
        let body = body.finish();
        Answer::of(self.send(Request::post(action), body).await).await
    }

    /// Makes an account by the command, and enters by its link.
    pub(crate) async fn enter(&mut self, world: &World, (name, full_name): (&str, &str), role: &str) {
        let path = world.link(name, full_name, role).await.unwrap();
        let answer = self.post(&path, &path, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!((answer.status, answer.location.as_str()), (303, "/team/nodes"), "{}", answer.html);
    }
}

impl Answer {
    async fn of(response: Response) -> Self {
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Self { status, location, html: String::from_utf8(bytes.to_vec()).unwrap() }
    }
}

impl World {
    /// The path of a one-time link.
    async fn link(&self, name: &str, full_name: &str, role: &str) -> Result<String, Status> {
        let request = LinkColleagueRequest {
            name: name.into(),
            full_name: full_name.into(),
            role: role.into(),
            valid_hours: 0,
            by: "Agathe Exemple".into(),
        };
        let url = self.admin().await.link_colleague(request).await?.into_inner().url;
        let at = url.find("/team/").unwrap();
        Ok(url.get(at..).unwrap().to_owned())
    }
}

#[tokio::test]
async fn an_account_is_made_by_a_command_and_entered_by_its_link_once() {
    let world = World::new().await;
    assert_eq!(reason(&world.link("claire", "Claire Exemple", "").await.unwrap_err()), "team-not-served");
    let mut browser = Browser::of(&world);
    for (name, full_name, role, code) in [
        ("Claire", "C", "", "colleague-name"),
        ("claire", "", "", "colleague-full-name"),
        ("claire", "C", "boss", "colleague-role"),
        ("claire", "a\nb", "", "colleague-full-name"),
    ] {
        assert_eq!(reason(&world.link(name, full_name, role).await.unwrap_err()), code, "{name} {role}");
    }
    let first = world.link("claire", "Claire Exemple", "").await.unwrap();
    let path = world.link("claire", "", "").await.unwrap();
    assert!(!path.contains("claire"), "nothing about a person in an address");
    assert_eq!(browser.get(&first).await.status, 404, "another has replaced it");
    let shut = browser.get("/team/audit").await;
    assert_eq!((shut.status, shut.location.as_str()), (303, "/team/sign-in?next=%2Fteam%2Faudit"));

    assert!(browser.get(&path).await.html.contains("Claire Exemple"));
    for (typed, again, told) in
        [("court", "court", "Trop court"), (PASSWORD, "autre", "ne sont pas les mêmes")]
    {
        let answer = browser.post(&path, &path, &[("password", typed), ("again", again)]).await;
        assert!(answer.status == 422 && answer.html.contains(told), "{} {}", answer.status, answer.html);
        assert!(!answer.html.contains(&format!("value=\"{typed}\"")), "no password in a page");
    }
    let typed = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(browser.post_with("forged", &path, &typed).await.status, 403);
    assert_eq!(browser.get("/team/nodes").await.status, 303, "nothing was done");
    assert_eq!(browser.post(&path, &path, &typed).await.location, "/team/nodes");
    let nodes = browser.get("/team/nodes").await;
    assert!(nodes.html.contains("Votre mot de passe est choisi") && nodes.html.contains("consultation"));
    assert!(!browser.get("/team/nodes").await.html.contains("est choisi"), "said once");
    assert_eq!(browser.another().get(&path).await.status, 404, "used up");
    let secret = path.rsplit('/').next().unwrap();
    assert!(!world.disk_holds(secret.as_bytes()) && !world.disk_holds(PASSWORD.as_bytes()));
}

#[tokio::test]
async fn who_signs_in_is_told_nothing_of_accounts_and_led_to_no_other_site() {
    let world = World::new().await;
    let mut browser = Browser::of(&world);
    browser.enter(&world, CLAIRE, "").await;
    let mut former = browser.another();
    former.cookies = browser.cookies.clone();
    assert_eq!(browser.post("/team/nodes", "/team/sign-out", &[]).await.location, "/team/sign-in?out=1");
    assert_eq!(browser.get("/team/nodes").await.status, 303);
    assert_eq!(former.get("/team/nodes").await.status, 303, "with its cookie, wherever that has gone");
    let again = browser.post("/team/sign-in", "/team/sign-out", &[]).await;
    assert_eq!(again.location, "/team/sign-in?out=1", "signed out is signed out");
    let wrong = [("account", "claire"), ("password", "autre chose encore")];
    let wrong = browser.post("/team/sign-in", "/team/sign-in", &wrong).await;
    let nobody = [("account", "personne"), ("password", PASSWORD)];
    let nobody = browser.post("/team/sign-in", "/team/sign-in", &nobody).await;
    assert_eq!((wrong.status, nobody.status), (401, 401));
    let stays = wrong.html.contains("value=\"claire\"") && wrong.html.contains("ne va pas");
    assert!(stays, "what was typed stays");
    assert_eq!(
        wrong.html.replace("claire", "").len(),
        nobody.html.replace("personne", "").len(),
        "no word of whether it is an account's"
    );
    let next = "/team/sign-in?next=%2Fteam%2Faudit";
    let typed = [("account", "Claire"), ("password", PASSWORD), ("next", "/team/audit")];
    assert_eq!(browser.post(next, "/team/sign-in", &typed).await.location, "/team/audit");
    for elsewhere in ["//evil.example", "https://evil.example/team/", "/fr/", "/team/\\evil"] {
        let away = [("account", "claire"), ("password", PASSWORD), ("next", elsewhere)];
        let led = browser.another().post("/team/sign-in", "/team/sign-in", &away).await;
        assert_eq!(led.location, "/team/nodes", "{elsewhere}");
    }
}

#[tokio::test]
async fn signing_in_changes_the_session_and_a_new_password_or_the_end_of_an_account_ends_all() {
    let world = World::new().await;
    let mut browser = Browser::of(&world);
    browser.enter(&world, CLAIRE, "").await;
    let typed = [("account", "claire"), ("password", PASSWORD)];
    let mut former = browser.another();
    former.cookies = browser.cookies.clone();
    assert_eq!(former.get("/team/nodes").await.status, 200, "a stolen cookie");
    let door = browser.another().get("/team/sign-in").await;
    assert!(door.html.contains("forgery"));
    // In again without having gone out: what the browser came with is worth nothing any more.
    let shown = browser.get("/team/nodes").await;
    let token = Browser::token(&shown.html).to_owned();
    assert_eq!(browser.post_with(&token, "/team/sign-in", &typed).await.status, 303);
    assert_ne!(browser.cookies["maillage-team"], former.cookies["maillage-team"]);
    assert_eq!(browser.get("/team/nodes").await.status, 200);
    assert_eq!(former.get("/team/nodes").await.status, 303, "rotated");

    let path = world.link("claire", "", "").await.unwrap();
    assert_eq!(browser.get("/team/nodes").await.status, 200, "a link alone ends nothing");
    let mut other = browser.another();
    let chosen = [("password", "encore quatre mots"), ("again", "encore quatre mots")];
    assert_eq!(other.post(&path, &path, &chosen).await.status, 303);
    assert_eq!(
        browser.get("/team/nodes").await.status,
        303,
        "a new password ends the sessions of the old one"
    );
    assert_eq!(browser.post("/team/sign-in", "/team/sign-in", &typed).await.status, 401, "the old one");

    let mut third = other.another();
    let typed = [("account", "claire"), ("password", "encore quatre mots")];
    assert_eq!(third.post("/team/sign-in", "/team/sign-in", &typed).await.status, 303);
    let page = "/team/password";
    let change = |present| {
        [("present", present), ("password", "et quatre mots de plus"), ("again", "et quatre mots de plus")]
    };
    let refused = other.post(page, page, &change(PASSWORD)).await;
    assert!(refused.status == 422 && refused.html.contains("pas le mot de passe actuel"), "a session alone");
    assert_eq!(other.post(page, page, &change("encore quatre mots")).await.location, "/team/nodes");
    assert!(other.get("/team/nodes").await.html.contains("Votre mot de passe est choisi"));
    assert_eq!(third.get("/team/nodes").await.status, 303, "the other sessions end");

    let request = RevokeColleagueRequest { name: "claire".into(), by: String::new() };
    let ended = world.admin().await.revoke_colleague(request).await;
    assert_eq!(ended.unwrap().into_inner().state, "revoked");
    assert_eq!(other.get("/team/audit").await.status, 303, "with its sessions");
    let typed = [("account", "claire"), ("password", "et quatre mots de plus")];
    assert_eq!(other.another().post("/team/sign-in", "/team/sign-in", &typed).await.status, 401);
    assert_eq!(reason(&world.link("claire", "", "").await.unwrap_err()), "colleague-revoked");
}

#[tokio::test]
async fn a_link_and_a_session_end_with_time_and_accounts_outlast_the_hub() {
    let world = World::new().await;
    let mut browser = Browser::of(&world);
    let late = world.link("claire", "Claire Exemple", "operator").await.unwrap();
    world.pass(std::time::Duration::from_hours(72));
    assert_eq!(browser.get(&late).await.status, 404, "three days old");
    browser.enter(&world, CLAIRE, "").await;
    for _ in 0..12 {
        world.pass(std::time::Duration::from_mins(59));
        assert_eq!(browser.get("/team/nodes").await.status, 200);
    }
    world.pass(std::time::Duration::from_mins(12));
    assert_eq!(browser.get("/team/nodes").await.status, 303, "twelve hours old, however busy");
    let typed = [("account", "claire"), ("password", PASSWORD)];
    assert_eq!(browser.post("/team/sign-in", "/team/sign-in", &typed).await.status, 303);
    world.pass(std::time::Duration::from_mins(61));
    assert_eq!(browser.get("/team/nodes").await.status, 303, "unused for an hour");

    drop(browser);
    let world = world.restart().await;
    let mut browser = Browser::of(&world);
    assert_eq!(browser.post("/team/sign-in", "/team/sign-in", &typed).await.status, 303);
    let known = world.admin().await.list_colleagues(ListColleaguesRequest {}).await.unwrap().into_inner();
    let known: Vec<_> = known.colleagues.iter().map(|one| (one.name.as_str(), one.role.as_str())).collect();
    assert_eq!(known, [("claire", "operator")], "the role of the first link stays");
    let audit = browser.get("/team/audit").await.html;
    for deed in ["a donné un lien d’entrée", "a choisi un mot de passe", "s’est connecté"] {
        assert!(audit.contains(deed), "{deed}: {audit}");
    }
    assert!(audit.contains("Agathe Exemple, par une commande") && audit.contains("Claire Exemple (claire)"));
}

#[tokio::test]
async fn guesses_come_to_an_end_and_nobody_else_is_locked_out() {
    let world = World::new().await;
    let mut browser = Browser::of(&world);
    browser.enter(&world, CLAIRE, "").await;
    let mut guesser = browser.another();
    guesser.address = Ipv4Addr::new(198, 51, 100, 7).into();
    let typed = [("account", "claire"), ("password", "un mot de passe faux")];
    for _ in 0..10 {
        assert_eq!(guesser.post("/team/sign-in", "/team/sign-in", &typed).await.status, 401);
    }
    let right = [("account", "claire"), ("password", PASSWORD)];
    let refused = guesser.post("/team/sign-in", "/team/sign-in", &right).await;
    assert_eq!(refused.status, 429, "even if it is right");
    for number in 0..19 {
        let typed = [("account", format!("compte-{number}")), ("password", PASSWORD.to_owned())];
        let typed: Vec<_> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(guesser.post("/team/sign-in", "/team/sign-in", &typed).await.status, 401);
    }
    let more = [("account", "compte-x"), ("password", PASSWORD)];
    let refused = guesser.post("/team/sign-in", "/team/sign-in", &more).await;
    assert_eq!(refused.status, 429, "thirty tries of one address, whatever the account");
    let mut own = browser.another();
    assert_eq!(own.post("/team/sign-in", "/team/sign-in", &right).await.status, 303, "from elsewhere");
    world.pass(std::time::Duration::from_mins(15));
    assert_eq!(guesser.post("/team/sign-in", "/team/sign-in", &right).await.status, 303, "later");
}

#[tokio::test]
async fn the_part_is_served_only_if_it_is_wanted_and_over_tls_with_cookies_of_this_host_alone() {
    let world = World::new().await;
    let public = crate::dashboard::get(&world, "/team/sign-in").await;
    assert_eq!(public.status(), 404, "not wanted");
    let mut browser = Browser::at(&world, "https://hub.example.org");
    let response = browser.send(Request::get("/team/sign-in?lang=en"), String::new()).await;
    assert_eq!(response.headers()[header::LOCATION], "/team/sign-in");
    let response = browser.send(Request::get("/team/sign-in"), String::new()).await;
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-maillage-team-door="), "{cookie}");
    assert!(cookie.contains("HttpOnly; SameSite=Strict; Secure"), "{cookie}");
    let told = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert!(told("content-security-policy").starts_with("default-src 'none'"));
    assert!(
        !told("content-security-policy").contains("unsafe")
            && told("strict-transport-security").contains("max-age")
    );
    assert_eq!(
        (told("cache-control"), told("x-robots-tag")),
        ("no-store".into(), "noindex, nofollow".into())
    );
    let answer = Answer::of(response).await;
    assert!(answer.html.contains("<html lang=\"en\">") && answer.html.contains("Sign in"), "{}", answer.html);
    for wrong in ["<script", "style=", " onclick", "team-", "column-"] {
        let without = answer.html.replace("/team/", "").replace("maillage-team", "");
        assert!(!without.contains(wrong), "{wrong}: {without}");
    }
    let form = format!("forgery={}&account=claire&password=x", Browser::token(&answer.html));
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 401)] {
        let sent = Request::post("/team/sign-in").header("sec-fetch-site", site);
        assert_eq!(browser.send(sent, form.clone()).await.status(), status, "{site}");
    }
    assert!(crate::dashboard::get(&world, "/fr/").await.headers().get(header::SET_COOKIE).is_none());
    world.clock.set(instant("2026-01-11T12:00:00Z"));
    assert_eq!(browser.get(&format!("/fr/territories/{ALBAN}")).await.status, 200, "what is public stays so");
}

#[tokio::test]
async fn what_a_link_changes_about_somebody_is_in_the_audit() {
    let world = World::new().await;
    let mut other = Browser::of(&world);
    other.enter(&world, ("bertrand", "Bertrand Exemple"), "reader").await;
    other.another().enter(&world, CLAIRE, "reader").await;
    let before = other.get("/team/audit").await.html;
    assert!(!before.contains("claire · operator"), "{before}");
    world.link("claire", "Claire Nouvelle", "operator").await.unwrap();
    let audit = other.get("/team/audit").await.html;
    assert!(audit.contains("claire · operator Claire Nouvelle"), "{audit}");
}

#[tokio::test]
async fn a_page_opened_from_another_site_takes_the_form_of_somebody_who_is_signed_in() {
    let world = World::new().await;
    let mut browser = Browser::of(&world);
    browser.enter(&world, CLAIRE, "").await;
    let path = world.link("claire", "", "").await.unwrap();
    // Followed in a mail: the session's cookie stays behind, and comes along with the form.
    let mut followed = browser.another();
    let shown = followed.get(&path).await;
    followed.cookies.insert("maillage-team".to_owned(), browser.cookies["maillage-team"].clone());
    let chosen = [("password", "encore quatre mots"), ("again", "encore quatre mots")];
    let answer = followed.post_with(Browser::token(&shown.html), &path, &chosen).await;
    assert_eq!((answer.status, answer.location.as_str()), (303, "/team/nodes"), "{}", answer.html);
    // That token is good for nothing else.
    let token = Browser::token(&shown.html).to_owned();
    let refused = browser.post_with(&token, "/team/invitations", &[("territory", "200034031")]).await;
    assert_ne!(refused.status, 200);
}
