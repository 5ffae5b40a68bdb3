"""Pictures of outputs, attachments and files: only what both back ends can show, and nothing from elsewhere."""
