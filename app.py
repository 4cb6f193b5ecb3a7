"""The process: pages, jobs and routes on one port."""
