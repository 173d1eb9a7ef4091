public import Evidence

/// SHA-256 of a plan's canonical text (``Evidence/Project/canonicalPlan(overrides:)``), so that a deviation from a
/// registered plan shows.
public enum PlanHash {
    /// 64 hexadecimal digits.
    public static func sha256(_ project: Project, overrides: [SettingAssignment] = []) throws(InputError) -> String {
        sha256(try project.canonicalPlan(overrides: overrides))
    }

    /// Of one model's part.
    public static func sha256(_ model: ModelPlan, settings: Settings) -> String {
        sha256(model.canonicalText(settings: settings))
    }

    private static func sha256(_ text: String) -> String {
        ContentHash(path: "", content: Array(text.utf8)).sha256
    }
}
