import Cuneus

/// The options of one command for another that runs elsewhere.
extension AnalysisOptions {
    /// The project as arguments.
    ///
    /// - Parameter place: where a file or folder is for the other command.
    func inputWords(_ place: (String) -> String) throws(InputError) -> [String] {
        var words: [String] = []
        for text in project.project {
            let path = try ProjectInput(commandLine: text).path
            words.append(place(path) + text.dropFirst(path.count))
        }
        return words
    }

    /// The options that decide about the result.
    ///
    /// - Parameter place: where a file is for the other command.
    func resultWords(_ place: (String) -> String) throws -> [String] {
        var words: [String] = []
        // A value that begins with a dash would be taken for an option.
        func add(_ name: String, _ value: String) {
            words += value.hasPrefix("-") ? ["--\(name)=\(value)"] : ["--\(name)", value]
        }
        if let sign = project.sign { add("sign", sign.rawValue) }
        if let space = project.space { add("space", space.rawValue) }
        for path in project.annotation { add("annotation", place(path)) }
        switch project.groups {
        case .all(let first, let second): add("groups", "\(first)/\(second)")
        case .table(let path): add("groups", place(path))
        case nil: break
        }
        for covariate in adHoc.covariates { add("covariate", covariate) }
        if let filter = adHoc.filter { add("filter", filter) }
        if let test = adHoc.test { add("test", test) }
        for method in methods { add("method", method) }
        for text in assignments {
            let setting = try SettingAssignment(commandLine: text)
            let isFile = SettingKey.files.contains(setting.key) && Path.exists(setting.value)
            add("set", isFile ? "\(setting.key)=\(place(setting.value))" : text)
        }
        return words
    }

    /// Those that do not, for the machines that run the parts.
    var placeWords: [String] {
        ["--memory", "\(memory)"] + (instructions.map { ["--instructions", $0.rawValue] } ?? [])
    }
}
