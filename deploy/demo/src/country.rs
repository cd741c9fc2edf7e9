//! The three territories of the demo and where people travel from them: real communes of the Tarn.

/// One territory of the demo.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DemoTerritory {
    /// SIREN.
    pub(crate) siren: &'static str,
    /// Folder and short name.
    pub(crate) folder: &'static str,
    /// Participation model it runs.
    pub(crate) model: &'static str,
    /// Volunteers who drive.
    pub(crate) volunteers: u32,
    /// People who are accompanied.
    pub(crate) persons: u32,
    /// Requests in a week.
    pub(crate) requests_a_week: u32,
}

/// Three mutual neighbours: the smallest honest federation. None has a hospital.
pub(crate) const TERRITORIES: [DemoTerritory; 3] = [
    DemoTerritory {
        siren: "200034031",
        folder: "monts-d-alban",
        model: "benevoles-association@1",
        volunteers: 3,
        persons: 24,
        requests_a_week: 6,
    },
    DemoTerritory {
        siren: "200034049",
        folder: "centre-tarn",
        model: "hybride-guichet@1",
        volunteers: 6,
        persons: 40,
        requests_a_week: 8,
    },
    DemoTerritory {
        siren: "200066561",
        folder: "sidobre",
        model: "service-prescription@1",
        volunteers: 4,
        persons: 36,
        requests_a_week: 6,
    },
];

/// Where health trips leave for: Albi and Castres.
pub(crate) const TOWNS: [&str; 2] = ["81004", "81065"];
