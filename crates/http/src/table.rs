//! The table of routes: what is in it is served, and what is served is in it.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

use crate::state::Front;

/// One method at one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method; `HEAD` goes with `GET`.
    pub method: Method,
    /// The path, with `{id}` and `{token}` where something varies.
    pub path: &'static str,
}

/// A router and the list of what is in it.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) router: Router<Front>,
    pub(crate) routes: Vec<Route>,
}

impl Table {
    /// Reads.
    pub(crate) fn get<T: 'static>(self, path: &'static str, to: impl Handler<T, Front>) -> Self {
        self.with(Method::GET, MethodFilter::GET, path, to)
    }

    /// Changes something.
    pub(crate) fn post<T: 'static>(self, path: &'static str, to: impl Handler<T, Front>) -> Self {
        self.with(Method::POST, MethodFilter::POST, path, to)
    }

    /// Changes part of something.
    pub(crate) fn patch<T: 'static>(self, path: &'static str, to: impl Handler<T, Front>) -> Self {
        self.with(Method::PATCH, MethodFilter::PATCH, path, to)
    }

    /// Ends something.
    pub(crate) fn delete<T: 'static>(self, path: &'static str, to: impl Handler<T, Front>) -> Self {
        self.with(Method::DELETE, MethodFilter::DELETE, path, to)
    }

    fn with<T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        to: impl Handler<T, Front>,
    ) -> Self {
        self.router = self.router.route(path, on(filter, to));
        self.routes.push(Route { method, path });
        self
    }
}
