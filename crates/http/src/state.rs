//! What all handlers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::response::Response;
use countersign::{Caller, Countersign, Error, KeyRefusal};
use zeroize::Zeroizing;

use crate::cookies::{Jar, Name};
use crate::envelope::LeadsTo;
use crate::limit::AddressLimit;
use crate::pages::Chrome;
use crate::place::Place;
use crate::problem::{Failure, Problem};
use crate::protected::Page;
use crate::realms::Engines;
use crate::site::{PublicUrl, Site};
use crate::visit::Visit;

/// The engine and the site; cheap to clone.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) mfa: Countersign,
    shared: Arc<Shared>,
}

struct Shared {
    site: Site,
    common: Arc<Common>,
}

/// What the realms of one process share.
struct Common {
    engines: Engines,
    limit: Option<AddressLimit>,
    start: String,
    requests: AtomicU64,
}

impl Front {
    pub(crate) fn new(mfa: Countersign, site: Site) -> Self {
        // Random, so that ids of one run are not those of another. Without randomness nobody signs
        // in, and the counter still tells one request from the next.
        let start: String = mfa
            .new_form_binding()
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(12)
            .collect();
        let common = Common {
            engines: Engines::of(&mfa),
            limit: AddressLimit::new(site.address_limit),
            start,
            requests: AtomicU64::new(0),
        };
        let shared = Shared {
            site,
            common: Arc::new(common),
        };
        Self {
            mfa,
            shared: Arc::new(shared),
        }
    }

    /// The front of another realm of this process, at another URL.
    pub(crate) fn beside(&self, mfa: Countersign, public_url: PublicUrl) -> Self {
        let shared = Shared {
            site: Site {
                public_url,
                // Their sessions are the first realm's.
                protected_hosts: Vec::new(),
                ..self.site().clone()
            },
            common: Arc::clone(&self.shared.common),
        };
        Self {
            mfa,
            shared: Arc::new(shared),
        }
    }

    /// The engines of all realms.
    pub(crate) fn engines(&self) -> &Engines {
        &self.shared.common.engines
    }

    /// Recognizes an API key, and the engine of its realm.
    pub(crate) async fn recognize(
        &self,
        text: &str,
    ) -> Result<Result<(Countersign, Caller), KeyRefusal>, Error> {
        let among = |realm: &_| self.engines().find(realm);
        self.mfa.recognize_key_among(text, among).await
    }

    pub(crate) fn site(&self) -> &Site {
        &self.shared.site
    }

    fn limit(&self) -> Option<&AddressLimit> {
        self.shared.common.limit.as_ref()
    }

    /// Counts one request of this client's address.
    pub(crate) fn count(&self, visit: &Visit) -> Result<(), Failure> {
        let counted = self.limit().map(|limit| limit.admit(visit.address));
        let Some(Err(wait)) = counted else {
            return Ok(());
        };
        Err(Failure {
            retry_after: Some(wait),
            retry_at: Some(self.mfa.now().plus(wait)),
            ..Problem::TooManyRequests.into()
        })
    }

    /// An id that no other request of this or another run has.
    pub(crate) fn next_request_id(&self) -> String {
        let number = self.shared.common.requests.fetch_add(1, Ordering::Relaxed);
        // Of one width, so that equal answers are equally long.
        format!("{}-{number:010x}", self.shared.common.start)
    }

    /// Lets a page's forms lead on to the protected host that `place` is at, if it is at one.
    pub(crate) fn leading(&self, mut page: Response, place: Option<&Place>) -> Response {
        if let Some(Place::App(wanted)) = place
            && let Ok(wanted) = Page::read(&self.site().protected_hosts, &wanted.page)
        {
            page.extensions_mut().insert(LeadsTo(wanted.origin));
        }
        page
    }

    /// The frame of a page for somebody who may not be signed in. A browser that has nothing yet to
    /// bind its forms to gets a cookie for it.
    pub(crate) fn frame(&self, visit: &Visit) -> Result<(Chrome, Jar), Failure> {
        let jar = visit.jar();
        if let Some(binding) = visit.cookies.binding() {
            return Ok((self.chrome(binding, None), jar));
        }
        let binding = Zeroizing::new(self.mfa.new_form_binding()?);
        Ok((self.chrome(&binding, None), jar.keep(Name::Form, &binding)))
    }

    /// The frame of a page whose forms are bound to `binding`.
    pub(crate) fn chrome(&self, binding: &str, signed_in_as: Option<&str>) -> Chrome {
        Chrome {
            site_name: self.mfa.realm().issuer.clone(),
            form_token: self.mfa.form_token(binding),
            signed_in_as: signed_in_as.map(ToOwned::to_owned),
            passwords_here: self.mfa.keeps_passwords(),
            notices: Vec::new(),
        }
    }

    /// A bare frame: no form in it works.
    pub(crate) fn bare(&self) -> Chrome {
        Chrome {
            site_name: self.mfa.realm().issuer.clone(),
            ..Chrome::default()
        }
    }
}
