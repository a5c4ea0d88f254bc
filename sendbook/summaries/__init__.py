"""Each pupil's summary for parents: view model, HTML and PDF.

Import from the modules: `view.summary` (one pupil's finished sentences), `write.write_summaries` (all files).
Nothing is imported here, so that a worker process starts without the tables.
"""
