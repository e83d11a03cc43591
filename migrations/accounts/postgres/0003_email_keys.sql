-- The keys of e-mail addresses are those of mailboxes now. A row step rewrites them:
-- crates/store/src/accounts/row_steps.rs. The version keeps an earlier program away, which would not find them.
SELECT 1;
