import Evidence
import Formats
import Foundation
import TestSupport
import Testing

@Suite("The page of the plan")
struct PlanPageTests {
    /// The plans that stand whole on Docs/plan.md.
    private static var plans: [String] {
        get throws {
            let page = URL(fileURLWithPath: Checkout.path + "/Docs/plan.md")
            let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```")
            return parts.filter { $0.hasPrefix("yaml\n") }.map { String($0.dropFirst(5)) }
                .filter { $0.contains("models:\n") }
        }
    }

    /// Eighteen changes and six correlations with the columns the page speaks of.
    private static var table: String {
        var text = "experiment\tn1\treport\tmeasure\ttask_rest\tdisorder\ttherapy\tcontrolled\tage\tsessions\n"
        for n in 0..<24 {
            let cells = [
                "E\(n)", "\(18 + n % 7)", "none", n < 18 ? "change" : "correlation", n % 2 == 0 ? "rest" : "task",
                ["depression", "anxiety", "PTSD"][n % 3], n % 4 == 0 ? "drug" : "CBT", n % 5 == 0 ? "no" : "yes",
                "\(25 + n * 5 % 17)", "\(6 + n * 7 % 26)",
            ]
            text += cells.joined(separator: "\t") + "\n"
        }
        return text
    }

    @Test("every plan on it can be made from data with its columns")
    func plans() throws {
        let plans = try Self.plans
        #expect(plans.count == 2)
        for plan in plans {
            let project = try Scratch(["cuneus.yaml": plan, "studies.tsv": Self.table]).read()
            for model in project.models {
                let (experiments, design) = try project.design(of: model, settings: try project.settings(of: model))
                #expect(experiments.count == design.rowCount && design.rowCount > design.columnCount, "\(model.name)")
                #expect(!ProjectCheck.run(model, of: project).contains { $0.severity == .error })
            }
        }
    }

    @Test("the founding questions have the tests the page says")
    func founding() throws {
        let plan = try #require(try Self.plans.last)
        let project = try Scratch(["cuneus.yaml": plan, "studies.tsv": Self.table]).read()
        let words = try project.models.reduce(into: [String: String]()) { words, model in
            let design = try project.design(of: model, settings: project.settings).design
            words[model.name] = ModelWords(model, design: design).test
        }
        #expect(words["change_rest"] == "the mean effect is 0")
        #expect(words["rest_or_task"] == "the 2 groups of task_rest have the same mean (rest, task)")
        #expect(words["disorders"] == "the 3 groups of disorder have the same mean (PTSD, anxiety, depression)")
        #expect(words["anxiety_or_depression"] == "disorder[anxiety] - disorder[depression] = 0")
        #expect(words["dose"] == "the effect does not depend on sessions (1 coefficient)")
        #expect(words["dose_bends"] == "the effect does not depend on sessions^2 (1 coefficient)")
        #expect(words["predictors"] == "the mean effect is 0")
    }
}
