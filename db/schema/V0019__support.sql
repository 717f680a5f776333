-- Accounts of support agents.
-- squawk-ignore ban-drop-constraint
ALTER TABLE wallet_private.user_account DROP CONSTRAINT user_account_role_is_known_check;
-- It allows what the one before allowed, and support: nothing that is there needs to be looked at.
ALTER TABLE wallet_private.user_account
ADD CONSTRAINT user_account_role_is_known_check
CHECK (role IN ('user', 'support', 'service', 'admin')) NOT VALID;
