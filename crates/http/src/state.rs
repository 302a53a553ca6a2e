//! What all handlers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::response::Response;
use countersign::Countersign;
use zeroize::Zeroizing;

use crate::cookies::{Jar, Name};
use crate::envelope::LeadsTo;
use crate::limit::AddressLimit;
use crate::pages::Chrome;
use crate::place::Place;
use crate::problem::{Failure, Problem};
use crate::protected::Page;
use crate::site::Site;
use crate::visit::Visit;

/// The engine and the site; cheap to clone.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) mfa: Countersign,
    shared: Arc<Shared>,
}

struct Shared {
    site: Site,
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
        let shared = Shared {
            limit: AddressLimit::new(site.address_limit),
            site,
            start,
            requests: AtomicU64::new(0),
        };
        Self {
            mfa,
            shared: Arc::new(shared),
        }
    }

    pub(crate) fn site(&self) -> &Site {
        &self.shared.site
    }

    fn limit(&self) -> Option<&AddressLimit> {
        self.shared.limit.as_ref()
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
        let number = self.shared.requests.fetch_add(1, Ordering::Relaxed);
        // Of one width, so that equal answers are equally long.
        format!("{}-{number:010x}", self.shared.start)
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
