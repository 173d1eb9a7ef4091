import Cuneus

extension PlanSummary {
    /// A row per model, for a supplement or a spreadsheet.
    var tsv: String {
        let header = [
            "model", "question", "filter", "measure", "experiments", "samples", "participants", "left_out",
            "covariates",
            "rows", "coefficients", "hypothesis", "predictions", "settings", "seconds", "mebibytes", "errors",
            "warnings",
            "sha256",
        ]
        return ([header] + models.map(\.cells)).map { row in
            row.map(Self.cell).joined(separator: "\t") + "\n"
        }.joined()
    }

    /// A cell holds no tab and no line end.
    private static func cell(_ text: String) -> String {
        let plain = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
        return plain.isEmpty ? "n/a" : plain
    }
}

extension ModelSummary {
    fileprivate var cells: [String] {
        let words = design.map { ModelWords(plan, design: $0) }
        let settings = settings.changes.map { "\($0.key)=\($0.value)" }
        let dropped = design?.dropped.map { "\($0.experiment) (no \($0.missing.joined(separator: ", ")))" } ?? []
        let isKnown = design != nil
        return [
            plan.name, plan.question, plan.filter?.text ?? "", (plan.measure ?? .change).rawValue,
            isKnown ? String(experiments.count) : "", isKnown ? String(samples) : "",
            isKnown ? String(participants) : "", dropped.joined(separator: "; "),
            words?.covariates.joined(separator: "; ") ?? "", design.map { String($0.rowCount) } ?? "",
            design?.columns.map(\.name).joined(separator: ", ") ?? "", words?.test ?? "",
            words?.predictions.joined(separator: "; ") ?? "", settings.joined(separator: "; "),
            cost.map { String(Int(saturating: $0.seconds.rounded())) } ?? "",
            bytes.map { String($0 >> 20) } ?? "", String(notices.errors.count),
            String(notices.count { $0.severity == .warning }), sha256,
        ]
    }
}
