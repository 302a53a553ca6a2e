//! Users who come from another program.

use countersign::audit::{Event, Outcome};
use countersign::authenticator::Status;
use countersign::id::BackupCodeId;
use countersign::port::store::{Change, Import, ImportedCodes, Store};

use crate::Person;
use crate::record::sealed;

use super::World;

impl<S: Store> World<S> {
    /// Somebody's import, consumed up to step 1000, with so many backup codes.
    pub fn import(&self, person: &Person, many: u8) -> Import {
        let now = self.now();
        let mut user = person.record(&self.random, now);
        user.password = None;
        let mut authenticator = person.authenticator(&self.random, now);
        authenticator.status = Status::Active;
        authenticator.confirmed_at = Some(now);
        authenticator.expires_at = None;
        authenticator.next = 1001;
        let code = |_| {
            let id = BackupCodeId::generate(now, &self.random).unwrap();
            (id, sealed(&self.random))
        };
        let codes: Vec<_> = (0..many).map(code).collect();
        Import {
            user,
            created: self.row(person, Event::UserCreated, Outcome::Success, None),
            authenticator,
            codes: (many > 0).then_some(ImportedCodes { cost: 12, codes }),
            consecutive: 100,
            now,
        }
    }

    /// The change that does it.
    pub fn importing(&self, person: &Person, import: Import) -> Change {
        let audit = self.row(person, Event::UserImported, Outcome::Success, None);
        Change::Import(Box::new(import), audit)
    }

    /// Somebody who was imported with ten backup codes.
    pub async fn imported(&self, name: &str) -> (Person, Vec<BackupCodeId>) {
        let person = Person::named(name);
        let import = self.import(&person, 10);
        let codes = import.codes.iter().flat_map(|set| &set.codes);
        let ids = codes.map(|(id, _)| *id).collect();
        self.done(self.importing(&person, import)).await;
        (person, ids)
    }
}
