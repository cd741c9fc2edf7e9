//! The columns, in their order, each with its French name and the English one that is read as well.

macro_rules! columns {
    ($($variant:ident $french:literal $english:literal),* $(,)?) => {
        /// A column.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Column { $($variant),* }

        impl Column {
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its heading.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$variant => $french),* }
            }

            fn also(self) -> &'static str {
                match self { $(Self::$variant => $english),* }
            }
        }
    };
}

columns! {
    Message "message" "message",
    Handover "relais" "handover",
    Round "tour" "round",
    Leg "trajet" "leg",
    Legs "trajets" "legs",
    Territory "territoire" "territory",
    PickupInsee "depart_insee" "pickup_insee",
    PickupCommune "depart_commune" "pickup_commune",
    DropoffInsee "arrivee_insee" "dropoff_insee",
    DropoffCommune "arrivee_commune" "dropoff_commune",
    Earliest "au_plus_tot" "earliest",
    Latest "au_plus_tard" "latest",
    Distance "distance_km" "distance_km",
    Seats "places" "seats",
    Needs "besoins" "needs",
    ReplyBy "repondre_avant" "reply_by",
    AcceptWithin "delai_accord_s" "accept_within_s",
    AcceptBy "accepter_avant" "accept_by",
    Name "nom" "name",
    Phone "telephone" "phone",
    PickupAddress "depart_adresse" "pickup_address",
    DropoffAddress "arrivee_adresse" "dropoff_address",
    Companions "accompagnants" "companions",
    DriverNotes "consignes" "driver_notes",
    DeskPhone "telephone_plateforme" "desk_phone",
    Reason "motif" "reason",
    At "depuis" "since",
    Disputed "conteste" "disputed",
    Text "texte" "text",
    Answer "reponse" "answer",
    Firm "ferme" "firm",
    Time "heure" "time",
    EmptyKm "km_a_vide" "empty_km",
    LoadedKm "km_avec" "loaded_km",
    Fare "prix_eur" "fare_eur",
    AnswerReason "motif_reponse" "answer_reason",
    Step "etape" "step",
    Result "resultat" "result",
    AnswerText "texte_reponse" "answer_text",
    Number "numero" "number",
}

impl Column {
    /// The column of a heading, in either language and any case.
    pub(super) fn of(heading: &str) -> Option<Self> {
        let heading = heading.to_lowercase();
        Self::ALL.iter().copied().find(|column| column.name() == heading || column.also() == heading)
    }
}

/// The headings, in their order.
pub fn headings() -> Vec<&'static str> {
    Column::ALL.iter().map(|column| column.name()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Column;

    #[test]
    fn no_heading_means_two_columns() {
        let names: BTreeSet<_> = Column::ALL.iter().flat_map(|c| [(c.name(), *c), (c.also(), *c)]).collect();
        let headings: BTreeSet<_> = names.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), headings.len());
        for column in Column::ALL {
            assert_eq!(Column::of(column.name()), Some(*column));
            assert_eq!(Column::of(&column.also().to_uppercase()), Some(*column));
        }
    }
}
