//! What an account asks.

use mitta_domain::DeviceId;
use mitta_protocol::account::{
    Account, ChangePassword, Devices, NewRecoveryCode, PasswordAgain, Recover, SignIn, SignUp,
    SignedIn,
};
use reqwest::Method;

use super::{HttpRemote, with_body};
use crate::remote::RemoteError;

impl HttpRemote {
    /// Makes an account.
    ///
    /// # Errors
    /// [`RemoteError`], as all of these.
    pub async fn sign_up(&self, body: &SignUp) -> Result<SignedIn, RemoteError> {
        self.send(Method::POST, &["accounts"], body).await
    }

    /// Signs in.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn sign_in(&self, body: &SignIn) -> Result<SignedIn, RemoteError> {
        self.send(Method::POST, &["sign-in"], body).await
    }

    /// Sets a new password with the recovery code.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn recover(&self, body: &Recover) -> Result<SignedIn, RemoteError> {
        self.send(Method::POST, &["recover"], body).await
    }

    /// Makes the token void.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn sign_out(&self) -> Result<(), RemoteError> {
        let request = self.request(Method::POST, &["sign-out"]);
        self.send_for_nothing(request).await
    }

    /// Whose account it is.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn account(&self) -> Result<Account, RemoteError> {
        self.get(&["account"], &()).await
    }

    /// The devices of the account.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn devices(&self) -> Result<Devices, RemoteError> {
        self.get(&["devices"], &()).await
    }

    /// Signs a device out.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn revoke(&self, device_id: DeviceId) -> Result<(), RemoteError> {
        let device_id = device_id.to_string();
        let request = self.request(Method::DELETE, &["devices", &device_id]);
        self.send_for_nothing(request).await
    }

    /// Changes the password.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn change_password(&self, body: &ChangePassword) -> Result<(), RemoteError> {
        self.tell(Method::POST, &["account", "password"], body)
            .await
    }

    /// Makes a new recovery code.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn new_recovery_code(
        &self,
        body: &PasswordAgain,
    ) -> Result<NewRecoveryCode, RemoteError> {
        self.send(Method::POST, &["account", "recovery-code"], body)
            .await
    }

    /// Erases the account and all that the server has of the person.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn erase(&self, body: &PasswordAgain) -> Result<(), RemoteError> {
        self.tell(Method::DELETE, &["account"], body).await
    }

    pub(super) async fn tell(
        &self,
        method: Method,
        route: &[&str],
        body: &impl serde::Serialize,
    ) -> Result<(), RemoteError> {
        let json = serde_json::to_vec(body).map_err(|e| RemoteError::Garbled(e.to_string()))?;
        self.send_for_nothing(with_body(self.request(method, route), json))
            .await
    }
}
