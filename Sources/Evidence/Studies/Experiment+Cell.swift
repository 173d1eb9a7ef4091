extension Experiment.Covariate {
    /// As in a table; missing is `NA`.
    package var cell: String {
        switch self {
        case .number(let value): NumberText.text(value)
        case .text(let text): text
        case .missing: "NA"
        }
    }
}
