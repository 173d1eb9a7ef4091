import Cuneus

/// Opens every image that the models will need, so that a broken one is told before the work, not in the middle of it.
enum ImageChecks {
    static func notices(_ project: Project, _ plans: [ModelPlan], brainMask: Mask) -> [Notice] {
        var notices: [Notice] = []
        for experiment in project.experiments {
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
