//! Beneficiaries: what is read, what is refused and why, what an edit keeps.

use maillage_federation::needs::Need;

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn typed() -> NewPerson {
    NewPerson {
        name: "Canary Calvet".to_owned(),
        email: "canary@exemple.fr".to_owned(),
        home: NewPlace { commune: "81003".to_owned(), address: "1 rue Canary".to_owned() },
        birth_year: Some(1948),
        needs: vec!["walking-aid".to_owned(), " companion".to_owned()],
        situation: "retired".to_owned(),
        grounds: vec![NewGround { kind: "aspa".to_owned(), ..NewGround::default() }],
        quotient_euros: Some(612),
        member_until: "2027-03-31".to_owned(),
        prescriber: "01932f5e-7c3a-7000-8000-0123456789ab".to_owned(),
        informed_on: "2026-10-01".to_owned(),
        internal_notes: "Canary: rappeler la fille".to_owned(),
        avoid: vec!["01932f5e-7c3a-7000-8000-0123456789ac".to_owned()],
        ..NewPerson::default()
    }
}

fn intake() -> Intake<'static> {
    Intake {
        geography: Geography::embedded(),
        territory: "200034031".parse().unwrap(),
        today: day("2026-10-01"),
        allow_outside: false,
    }
}

fn parse(person: &NewPerson) -> Result<PersonDetails, PersonError> {
    person.parse(&intake())
}

#[test]
fn a_person_is_read() {
    let details = parse(&typed()).unwrap();
    assert_eq!((details.phone.as_ref(), details.channel), (None, Channel::Email));
    assert_eq!((details.sharing, details.situation), (Sharing::Ask, Situation::Retired));
    assert!(details.needs.contains(Need::WalkingAid) && details.needs.contains(Need::Companion));
    let grounds: Vec<&str> =
        details.grounds_on(day("2026-10-01")).map(|ground| ground.kind().as_str()).collect();
    assert_eq!(grounds, ["aspa"]);
    assert!(details.member_on(day("2027-03-31")) && !details.member_on(day("2027-04-01")));
}

#[test]
fn what_is_shown_for_an_edit_reads_back_the_same() {
    let details = parse(&typed()).unwrap();
    assert_eq!(parse(&NewPerson::of(&details)).as_ref(), Ok(&details));
}

#[test]
fn each_field_is_refused_with_its_reason() {
    let check = |change: fn(&mut NewPerson), expected: PersonError| {
        let mut person = typed();
        change(&mut person);
        assert_eq!(parse(&person), Err(expected));
    };
    check(|person| person.name = " ".to_owned(), PersonError::Name(TextError::Empty));
    check(|person| person.phone = "12".to_owned(), PersonError::Phone(PhoneError::Length { digits: 2 }));
    check(|person| person.email = "12".to_owned(), PersonError::Email(EmailError::Form));
    let no_phone = ChannelError::NoPhone(Channel::Sms);
    check(|person| person.channel = "sms".to_owned(), PersonError::Channel(no_phone));
    let unknown = PlaceError::UnknownCommune("81999".parse().unwrap());
    check(|person| person.home.commune = "81999".to_owned(), PersonError::Home(unknown));
    check(|person| person.birth_year = Some(1899), PersonError::BirthYear(1899));
    check(|person| person.birth_year = Some(2027), PersonError::BirthYear(2027));
    check(|person| person.birth_year = Some(100_000), PersonError::BirthYear(100_000));
    let need = UnknownNeed("tired".to_owned());
    check(|person| person.needs.push("tired".to_owned()), PersonError::Need(need));
    let situation = "x".parse::<Situation>().unwrap_err();
    check(|person| person.situation = "x".to_owned(), PersonError::Situation(situation));
    check(|person| person.grounds.push(NewGround::default()), PersonError::Ground(GroundError::Code));
    check(|person| person.quotient_euros = Some(10_001), PersonError::Quotient(10_001));
    check(|person| person.member_until = "x".to_owned(), PersonError::MemberUntil(DateError));
    check(|person| person.prescriber = "x".to_owned(), PersonError::Prescriber(IdError::NotAUuid));
    check(|person| person.informed_on = "2026-10-02".to_owned(), PersonError::InformedLater);
    let sharing = "maybe".parse::<Sharing>().unwrap_err();
    check(|person| person.sharing = "maybe".to_owned(), PersonError::Sharing(sharing));
    let control = TextError::ControlCharacter { position: 2 };
    check(|person| person.driver_notes = "a\rb".to_owned(), PersonError::DriverNotes(control));
    check(|person| person.internal_notes = "a\rb".to_owned(), PersonError::InternalNotes(control));
    check(
        |person| person.avoid = vec!["x".to_owned()],
        PersonError::Avoid(AvoidError::Id(IdError::NotAUuid)),
    );
    check(
        |person| person.avoid = vec![String::new(); AVOID + 1],
        PersonError::Avoid(AvoidError::TooMany(AVOID + 1)),
    );
}

#[test]
fn a_choice_is_dated_when_it_changes_and_only_then() {
    let registered: Timestamp = "2026-10-01T08:00:00Z".parse().unwrap();
    let later: Timestamp = "2026-11-01T08:00:00Z".parse().unwrap();
    let person = Person::register(Id::new(1, [1; 10]), parse(&typed()).unwrap(), registered);
    let details = PersonDetails { sharing: Sharing::Never, ..person.details.clone() };
    let amended = person.amended(details, later);
    assert_eq!((amended.sharing_chosen, amended.statistics_chosen), (later, registered));
    assert_eq!((amended.revision, amended.last_contact), (2, day("2026-11-01")));
    let contacted = amended.contacted(day("2026-10-15"));
    assert_eq!((contacted.revision, contacted.last_contact), (2, day("2026-11-01")));
}

#[test]
fn debug_shows_the_identifier_alone() {
    let details = parse(&typed()).unwrap();
    let person = Person::register(Id::new(1, [1; 10]), details.clone(), Timestamp::UNIX_EPOCH);
    let shown = format!("{:?} {details:?} {person:?}", typed());
    assert!(!shown.contains("Canary") && !shown.contains("81003"), "{shown}");
    assert!(shown.contains(&person.id.to_string()));
}
