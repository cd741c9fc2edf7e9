//! Accounts.

use maillage_domain::account::{Account, Key, Lifetime, TokenHash};

use super::write;
use crate::{
    accounts,
    samples::{account, engine, now},
};

#[test]
fn accounts_are_found_by_name_and_by_each_token_they_had() {
    let engine = engine();
    let account = account();
    let key = Key { token: TokenHash::new([8; 32]), lifetime: Lifetime::days(30).unwrap() };
    let renewed = account.renew(key, now()).unwrap().revoke(now()).unwrap();
    let written = [account.clone(), renewed.clone()];
    write(&engine, move |transaction| {
        written.iter().try_for_each(|account| accounts::put(transaction, account))
    });
    let known = |found: Result<Option<Account>, _>| found.unwrap().map(|account| account.revision);
    assert_eq!(accounts::find(&engine, account.id), Ok(Some(renewed.clone())));
    assert_eq!(known(accounts::labelled(&engine, &account.label)), Some(3));
    assert_eq!(known(accounts::with_token(&engine, account.token)), Some(3));
    assert_eq!(known(accounts::with_token(&engine, key.token)), Some(3));
    assert_eq!(known(accounts::with_token(&engine, TokenHash::new([9; 32]))), None);
    assert_eq!(accounts::list(&engine, None, 9), Ok(vec![renewed]));
    assert_eq!(accounts::list(&engine, Some(account.id), 9), Ok(Vec::new()));
}
