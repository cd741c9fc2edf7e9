//! Asking so that nothing is done twice: each command names what it asks for, and asks once more under the same name when the
//! connection broke before an answer came. Must never ask again what was refused.

use maillage_domain::ids::RequestKind;
use maillage_federation::ids::Id;
use maillage_platform::random::{OsEntropy, bytes};
use tonic::{Code, Response, Status};

/// A new name for what is asked.
pub(super) fn name() -> String {
    Id::<RequestKind>::new(0, bytes(&OsEntropy)).to_string()
}

/// The answer to a named request.
pub(super) async fn ask<T: Clone, R>(
    request: T,
    mut asked: impl AsyncFnMut(T) -> Result<Response<R>, Status>,
) -> Result<R, Status> {
    match asked(request.clone()).await {
        Err(status) if was_cut_off(&status) => asked(request).await.map(Response::into_inner),
        answer => answer.map(Response::into_inner),
    }
}

/// Whether nobody knows if it was done. The node itself says why in the details.
fn was_cut_off(status: &Status) -> bool {
    let cut =
        matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Cancelled | Code::DeadlineExceeded);
    cut && status.details().is_empty()
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use futures_util::FutureExt as _;

    use super::*;

    fn asked(answers: Vec<Result<Response<u32>, Status>>) -> (Result<u32, Status>, usize) {
        let (mut answers, mut times) = (answers.into_iter(), 0);
        let answer = ask("the same", async |request| {
            assert_eq!(request, "the same");
            times += 1;
            ready(answers.next().unwrap()).await
        });
        let answer = answer.now_or_never().unwrap();
        (answer, times)
    }

    #[test]
    fn what_was_cut_off_is_asked_once_more_and_what_was_refused_is_not() {
        let (answer, times) = asked(vec![Err(Status::unavailable("gone")), Ok(Response::new(7))]);
        assert_eq!((answer.unwrap(), times), (7, 2));
        let refused = Status::with_details(Code::Unavailable, "store-disk-full", vec![1_u8].into());
        assert_eq!(asked(vec![Err(refused)]).1, 1);
        assert_eq!(asked(vec![Err(Status::invalid_argument("no"))]).1, 1);
        assert_eq!(asked(vec![Err(Status::unknown("A")), Err(Status::unknown("B"))]).1, 2);
        assert_ne!(name(), name());
    }
}
