import Evidence

/// What BIDS asks of a folder of derivatives besides names: a description of the data set, and a dictionary beside each
/// table.
///
/// Source: Brain Imaging Data Structure 1.10.0, *Derivatives* and *Tabular files*.
extension ResultFolder {
    static let descriptionName = "dataset_description.json"

    private struct Description: Encodable {
        struct Tool: Encodable {
            var name = "Cuneus"
            var version = CuneusVersion.text

            enum CodingKeys: String, CodingKey {
                case name = "Name"
                case version = "Version"
            }
        }

        var name: String
        var version = "1.10.0"
        var type = "derivative"
        var tools = [Tool()]

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case version = "BIDSVersion"
            case type = "DatasetType"
            case tools = "GeneratedBy"
        }
    }

    /// `dataset_description.json` of the run, with the names of BIDS.
    func writeDescription(_ run: RunResults) throws(ReportingError) {
        guard naming == .bids else { return }
        try write(json: Description(name: "\(run.project.name): meta-analysis"), to: Self.descriptionName)
    }

    /// A table, and with the names of BIDS the dictionary of its columns beside it.
    ///
    /// - Parameter name: relative to the folder, with `.tsv`.
    func write(
        _ table: TextTable, to name: String, covariates: [String] = [], atlases: [String]
    ) throws(ReportingError) {
        try write(text: table.text, to: name)
        guard naming == .bids, name.hasSuffix(".tsv") else { return }
        var dictionary: [String: [String: String]] = [:]
        for heading in table.header {
            let column = ColumnWords.column(heading, covariates: covariates, atlases: atlases)
            dictionary[heading] = ["Description": column.description]
            if !column.units.isEmpty { dictionary[heading]?["Units"] = column.units }
        }
        try write(json: dictionary, to: "\(name.dropLast(".tsv".count)).json")
    }
}
