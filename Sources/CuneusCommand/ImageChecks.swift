import Cuneus

/// Opens every image that the models will need, so that a broken one is told before the work, not in the middle of it.
enum ImageChecks {
    /// - Parameter overrides: settings of the command line; maps are looked at where a method takes them.
    static func notices(
        _ project: Project, _ plans: [ModelPlan], brainMask: Mask, overrides: [SettingAssignment] = []
    ) -> [Notice] {
        var notices: [Notice] = []
        let takesMaps = plans.contains { plan in
            (try? project.settings(of: plan, overrides: overrides)).map { settings in
                settings.methods.contains { $0.family == .effects || $0.family == .images }
            } ?? true
        }
        for experiment in takesMaps ? project.experiments : [] {
            guard case .map(let map) = experiment.report, experiment.n1 > 0, experiment.degreesOfFreedom > 0 else {
                continue
            }
            notices += problems { _ = try StatisticMapLoader.load(map, of: experiment, mask: brainMask) }
        }
        for plan in plans {
            guard case .file(let path) = (try? project.settings(of: plan))?.mask else { continue }
            notices += problems { _ = try NIfTIImage(contentsOf: path) }
        }
        for atlas in project.atlases {
            notices += problems { _ = try LabelAtlas(image: atlas.image, table: atlas.labels) }
        }
        return notices
    }

    private static let code = "image-unusable"

    private static func problems(_ work: () throws -> Void) -> [Notice] {
        do {
            try work()
            return []
        } catch let error as InputError {
            return [Notice(.error, code: code, at: error.location, error.message, remedy: error.remedy)]
        } catch let error as NIfTIError {
            let field = error.field.map { "\($0): " } ?? ""
            return [
                Notice(
                    .error, code: code, at: SourceLocation(file: error.file),
                    "\(field)found \(error.found), expected \(error.expected).", remedy: error.remedy)
            ]
        } catch let error as AtlasError {
            return [
                Notice(
                    .error, code: code, at: SourceLocation(file: error.file, line: error.line), "\(error.message).",
                    remedy: error.remedy)
            ]
        } catch {
            return [Notice(.error, code: code, "\(error)")]
        }
    }
}
