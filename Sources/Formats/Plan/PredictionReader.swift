import Evidence

/// Reads `predict:`.
///
///     predict:
///       - {name: ten_sessions, sessions: 10}
///       - {name: long_in_anxiety, sessions: 30, disorder: anxiety}
enum PredictionReader {
    static func list(_ node: PlanNode) throws(InputError) -> [Prediction] {
        if node.isEmpty { return [] }
        var predictions: [Prediction] = []
        for item in node.list ?? [node] {
            let prediction = try read(item)
            if predictions.contains(where: { $0.name == prediction.name }) {
                throw InputError(
                    at: item.source, "prediction \"\(prediction.name)\" stands twice.",
                    remedy: "Give each its own name: it becomes a file name.")
            }
            predictions.append(prediction)
        }
        return predictions
    }

    private static func read(_ node: PlanNode) throws(InputError) -> Prediction {
        var name: String?
        var settings: [Prediction.Setting] = []
        for (key, value) in try node.entries(known: nil, of: "a prediction") {
            let text = try value.text(key.text)
            if key.text == "name" {
                try ExperimentName.check(text, called: "prediction", at: value.source)
                name = text
            } else {
                let setting = NumberText.parse(text).map { Experiment.Covariate.number($0) } ?? .text(text)
                settings.append(Prediction.Setting(key.text, setting, source: value.source))
            }
        }
        guard let name else {
            throw InputError(
                at: node.source, "the prediction has no name.",
                remedy: "Write, for example, {name: ten_sessions, sessions: 10}.")
        }
        return Prediction(name, settings, source: node.source)
    }
}
