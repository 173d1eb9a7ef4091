// Tables, figures, the report.
