import Evidence
import Formats
import Foundation

extension FuzzedReader {
    /// Texts of the command line, each taken from a file of the name of its option.
    static var expressions: [FuzzedReader] {
        [
            expression("filter", SoundFiles.filter) { text in
                let filter = try FilterExpression(parsing: text)
                try filter.validate(columns: Array(SoundFiles.experiment.covariates.keys))
                _ = (filter.canonicalText, filter.matches(SoundFiles.experiment))
            },
            expression("covariate", SoundFiles.covariate) { text in
                let model = try ModelPlan(commandLineCovariates: [text], filter: nil, test: nil)
                _ = NoticeReport(ProjectCheck.run(try SoundFiles.project.planning(model))).text
            },
            expression("test", SoundFiles.test) { text in
                let model = try ModelPlan(commandLineCovariates: ["age", "task"], filter: nil, test: text)
                _ = NoticeReport(ProjectCheck.run(try SoundFiles.project.planning(model))).text
            },
            expression("setting", "imputations=20") { text in
                let assignment = try SettingAssignment(commandLine: text)
                let settings = try Settings().applying([assignment])
                // What a run writes into its record is read back.
                guard try Settings().applying(settings.assignments).assignments == settings.assignments else {
                    throw Fault(description: "settings do not read back as they are written")
                }
            },
        ]
    }

    private static func expression(
        _ name: String, _ sound: String, _ use: @escaping @Sendable (String) throws -> Void
    ) -> FuzzedReader {
        FuzzedReader(name, victim: name, files: [name: Array(sound.utf8)]) { folder in
            try use(try text(name, in: folder))
        }
    }

    /// What a shell hands over: UTF-8, mended, up to the first zero.
    static func text(_ file: String, in folder: String) throws -> String {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)")))
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
