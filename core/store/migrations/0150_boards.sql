-- Which cards a person (scope 'account') or a role (scope 'role') sees on the live board. body: JSON, see core.services.live_board.
CREATE TABLE boards (scope VARCHAR, owner VARCHAR, body VARCHAR, changed_by VARCHAR, changed_at TIMESTAMPTZ);
