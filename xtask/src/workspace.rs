//! What cargo says of this workspace: where it is, what it holds; never its dependencies' code.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;

use crate::{failure::Failure, step};

/// The workspace as `cargo metadata` describes it.
#[derive(Deserialize)]
pub struct Workspace {
    #[serde(rename = "workspace_root")]
    pub root: PathBuf,
    #[serde(rename = "target_directory")]
    pub target: PathBuf,
    #[serde(rename = "packages")]
    pub members: Vec<Member>,
}

/// One crate of ours.
#[derive(Deserialize)]
pub struct Member {
    pub name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Workspace {
    /// Asks cargo, in the folder where this program was started.
    pub fn load() -> Result<Self, Failure> {
        let mut command = bare_cargo();
        command.args(["metadata", "--format-version", "1", "--no-deps"]);
        let printed = step::capture(&mut command, "Cargo.toml of a member is at fault")?;
        serde_json::from_str(&printed).map_err(|source| Failure::Unreadable {
            program: "cargo metadata",
            source,
        })
    }

    /// The cargo that started this program, in the workspace's root.
    pub fn cargo(&self) -> Command {
        let mut command = bare_cargo();
        command.current_dir(&self.root);
        command
    }

    /// Whether the workspace has a member of that name.
    pub fn has(&self, package: &str) -> bool {
        self.members.iter().any(|member| member.name == package)
    }

    /// Where `cargo build` leaves the product, below one of the target folders.
    pub fn server_binary(&self, target: &Path, profile: &str) -> PathBuf {
        let name = self
            .members
            .iter()
            .filter(|member| member.name == "countersign-server")
            .flat_map(|member| &member.targets)
            .find(|target| target.kind.iter().any(|kind| kind == "bin"))
            .map_or("countersign", |target| target.name.as_str());
        target.join(profile).join(name)
    }
}

impl Member {
    /// The crate's folder.
    pub fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }
}

/// Cargo without what `cargo run` told this program about itself: build scripts that watch those
/// variables would run again, and half the workspace with them.
fn bare_cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let ours = name.to_str().is_some_and(|name| {
            name == "CARGO"
                || name == "CARGO_BIN_NAME"
                || name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
        });
        if ours {
            command.env_remove(name);
        }
    }
    command
}
