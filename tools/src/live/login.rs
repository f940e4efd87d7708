//! User and secret of a login to the Manager Interface, as every tool takes them.

use clap::Args;

#[derive(Args)]
pub(crate) struct Login {
    #[arg(long, default_value = "admin")]
    pub(crate) user: String,
    #[arg(long, env = "AMI_SECRET", hide_env_values = true, default_value = "s3cret")]
    pub(crate) secret: String,
}
