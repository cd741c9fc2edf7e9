//! The other pages of the desk: planning, handovers, registering people, volunteers.

mod handovers;
mod planning;
mod registering;
mod volunteers;

use super::{Browser, Desk, Page};

/// What is neither shown to somebody without the right to it nor done.
async fn is_refused(desk: &Desk, pages: &[&str], forms: &[&str]) {
    for (label, role) in [("tresorier", "treasurer"), ("admin", "administrator")] {
        let mut browser = desk.signed_in(label, role).await;
        for path in pages {
            let page = browser.get(path).await;
            assert_eq!(page.status, 403, "{role} {path}: {}", page.body);
        }
        let home = browser.get("/").await;
        for path in pages {
            assert!(!home.says(&format!("href=\"{path}\"")), "{role} is shown the way to {path}");
        }
        for path in forms {
            assert_eq!(
                browser.send_form(path, &[("step", "save"), ("name", "X")]).await.status,
                403,
                "{path}"
            );
        }
    }
}

/// What the page says first, after a form was sent.
pub(super) async fn told(browser: &mut Browser, sent: &Page) -> Page {
    assert_eq!(sent.status, 303, "{}", sent.body);
    browser.get(sent.location()).await
}
